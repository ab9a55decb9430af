"""What a frame's caption follows from, if this is what lies behind the frame, and how likely the caption then is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from fabula.world.language.grammar import likelihood
from fabula.world.language.words import Words
from fabula.world.plots import PLOTS
from fabula.world.scene import Actor, Camera, Item, Scene
from fabula.world.stage import place_items
from fabula.world.state import Event, State, changed

UNSHOT = Camera("", "all", 0, 0, 1)
KEPT = 1 << 16  # chances that are remembered: those of some thousand stories


@dataclass(frozen=True)
class Account:
    """All of a frame that its caption follows from; hashable, so that no caption is parsed twice."""

    event: Event
    sky: tuple[str, str, str, str]  # place, light, weather, and the weather before
    actors: tuple[Actor, ...]
    items: tuple[Item, ...]
    why: tuple[str, ...]

    def scene(self) -> Scene:
        """The scene to be told. Captions know a first frame from a later one and nothing more of its number."""
        number = 1 if self.event.kind == "begin" else 2
        place, light, weather, fell = self.sky
        people, things, hidden = self.actors, self.items, {"weather_before": fell}
        return Scene(number, self.event, place, light, weather, UNSHOT, False, people, things, 0, "", self.why, hidden)


def account(before: State, after: State, actors: tuple[Actor, ...], colours: Mapping[str, str]) -> Account:
    """What is to be told where these people are in the frame and the things have these colours (by id)."""
    assert after.last
    actors = tuple(changed(actor, x=0, faces=0, new=not after.person(actor.who.id).met) for actor in actors)
    items = tuple(changed(i, colour=colours.get(i.id, ""), x=0) for i in place_items(before, after, actors, 0))
    sky = (after.place, after.light, after.weather, before.weather)
    return Account(after.last, sky, actors, items, why(before, after))


def why(before: State, after: State) -> tuple[str, ...]:
    """The plot's reasons for what happened in between; nothing where it was a distraction."""
    return PLOTS[after.plot].steps[before.stage].why if after.stage > before.stage else ()


@lru_cache(KEPT)
def chance(told: Account, caption: str) -> float:
    """The probability of the caption, over every way to derive it."""
    return likelihood(Words(told.scene()), caption)
