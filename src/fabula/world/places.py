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
    scenery: tuple[str, ...] = ()  # sentences about the place; the first is true in snow too

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
            scenery=(
                "The meadow stretched far and wide.",
                "The whole meadow smelled of clover.",
                "Daisies grew everywhere in the meadow.",
            ),
        ),
        Place(
            "forest",
            "in",
            "hollow stump",
            "behind",
            scenery=(
                "The trees of the forest stood close together.",
                "Somewhere in the forest a woodpecker was knocking.",
                "Moss covered every root in the forest.",
            ),
        ),
        Place(
            "garden",
            "in",
            "blue shed",
            "behind",
            scenery=(
                "The white fence went all around the garden.",
                "A snail crossed the path of the garden.",
                "The garden beds were neat and tidy.",
            ),
        ),
        Place(
            "village",
            "in",
            "stone well",
            "behind",
            scenery=(
                "The little houses of the village leaned together.",
                "A bell rang somewhere in the village.",
                "Smoke rose from the chimneys of the village.",
            ),
        ),
        Place(
            "beach",
            "on",
            "rowing boat",
            "behind",
            scenery=(
                "The waves rolled up the beach and back.",
                "Gulls cried high above the beach.",
                "The beach was full of pretty shells.",
            ),
        ),
        Place(
            "river",
            "by",
            "wooden bridge",
            "under",
            scenery=(
                "The river murmured over the smooth stones.",
                "A fish jumped out of the river.",
                "Reeds whispered along the bank of the river.",
            ),
        ),
        Place(
            "hill",
            "on",
            "windmill",
            "behind",
            scenery=(
                "From the hill one could see very far.",
                "The sails of the mill creaked on the hill.",
                "The wind combed the grass of the hill.",
            ),
        ),
        Place(
            "kitchen",
            "in",
            "stove",
            "behind",
            True,
            (
                "The kettle was humming in the kitchen.",
                "The kitchen smelled of fresh warm bread.",
                "Copper pans hung in a row in the kitchen.",
            ),
        ),
        Place(
            "bedroom",
            "in",
            "bed",
            "under",
            True,
            (
                "The clock of the bedroom ticked softly.",
                "The quilt in the bedroom was neatly folded.",
                "A small picture hung in the bedroom.",
            ),
        ),
        Place(
            "library",
            "in",
            "tall bookcase",
            "behind",
            True,
            (
                "The library was full of old books.",
                "It was very quiet in the library.",
                "Dust danced between the shelves of the library.",
            ),
        ),
    )
}
LIGHTS = ("day", "dusk", "night")
WEATHERS = ("clear", "rain", "snow")
