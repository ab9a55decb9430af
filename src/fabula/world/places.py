"""Where a story can be: ten places, each with a landmark that things are hidden at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A place as captions name it: `in the garden`, and `behind the shed` for what is hidden there."""

    name: str
    at: str  # in, on, by
    mark: str  # the landmark
    spot: str  # where a thing lies hidden
    indoors: bool = False
    scenery: tuple[str, ...] = ()  # sentences about the place that need nothing but the place

    @property
    def here(self) -> str:
        return f"{self.at} the {self.name}"


PLACES = {
    place.name: place
    for place in (
        Place(
            "meadow",
            "in",
            "old oak",
            "behind",
            scenery=("Tall grass swayed all around.", "The meadow smelled of clover.", "Daisies grew everywhere."),
        ),
        Place(
            "forest",
            "in",
            "hollow stump",
            "behind",
            scenery=(
                "The trees stood close together.",
                "Somewhere a woodpecker was knocking.",
                "Moss covered every root.",
            ),
        ),
        Place(
            "garden",
            "in",
            "blue shed",
            "behind",
            scenery=("The beds were full of flowers.", "Bees hummed over the beans.", "A snail crossed the path."),
        ),
        Place(
            "village",
            "in",
            "stone well",
            "behind",
            scenery=("The little houses leaned together.", "A bell rang far away.", "Smoke rose from a chimney."),
        ),
        Place(
            "beach",
            "on",
            "rowing boat",
            "behind",
            scenery=("The waves rolled in and out.", "Gulls cried over the water.", "The sand was full of shells."),
        ),
        Place(
            "river",
            "by",
            "wooden bridge",
            "under",
            scenery=(
                "The water murmured over the stones.",
                "A fish jumped and was gone.",
                "Reeds whispered along the bank.",
            ),
        ),
        Place(
            "hill",
            "on",
            "windmill",
            "behind",
            scenery=(
                "From up here one could see very far.",
                "The sails of the mill creaked.",
                "The wind combed the grass.",
            ),
        ),
        Place(
            "kitchen",
            "in",
            "stove",
            "behind",
            True,
            ("The kettle was humming.", "It smelled of fresh bread.", "Copper pans hung in a row."),
        ),
        Place(
            "bedroom",
            "in",
            "bed",
            "under",
            True,
            ("The clock ticked softly.", "The quilt lay neatly folded.", "A picture hung over the bed."),
        ),
        Place(
            "library",
            "in",
            "tall bookcase",
            "behind",
            True,
            (
                "Books stood up to the ceiling.",
                "It was so quiet that the pages could be heard.",
                "Dust danced between the shelves.",
            ),
        ),
    )
}
LIGHTS = ("day", "dusk", "night")
WEATHERS = ("clear", "rain", "snow")
