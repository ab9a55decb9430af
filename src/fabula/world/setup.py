"""Before the first frame: which plot, who, with what, where, in what light. Every choice has explicit odds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache

from fabula.world.cast import CLOTHES, EXTRAS, GARMENTS, HE, KINDS, SHE, Character
from fabula.world.dice import Dice, even
from fabula.world.places import PLACES
from fabula.world.plots import PLOTS, Plot, props_of, rare_place
from fabula.world.props import PROPS
from fabula.world.state import Person, State, Thing

SPLITS = ("train", "validation", "test", "hard")


@dataclass(frozen=True)
class Setup:
    """What a story starts from."""

    cast: tuple[Character, ...]
    state: State


@cache
def rare_kind(prop: str, kind: str) -> bool:
    """Whether a story with this prop and this kind of character is told in the hard split alone: two kinds a prop."""
    return (list(PROPS).index(prop) + list(KINDS).index(kind)) % 6 == 0


def plot_odds() -> dict[str, int]:
    return even(PLOTS)


def prop_odds(plot: str, thing: int) -> dict[str, int]:
    return even(props_of(plot, thing))


def home_odds(plot: str, *, hard: bool) -> dict[str, int]:
    """Where the story begins; a hard story begins where no other split tells this plot."""
    sort = [name for name, place in PLACES.items() if PLOTS[plot].homes == "any" or not place.indoors]
    return even(name for name in sort if rare_place(plot, name) == hard)


def kind_odds(props: list[str], taken: list[str], *, hard: bool) -> dict[str, int]:
    """The kind of the next character; the hero of a hard story is of a kind that no other split shows with the prop."""
    free = [kind for kind in KINDS if kind not in taken]
    if hard:
        return even(kind for kind in free if taken or rare_kind(props[0], kind))
    return even(kind for kind in free if not any(rare_kind(prop, kind) for prop in props))


def name_odds(kind: str, taken: list[str]) -> dict[str, int]:
    names = {"she": SHE, "he": HE}.get(KINDS[kind].sex, SHE + HE)
    return even(name for name in names if name not in taken)


def set_up(dice: Dice, *, hard: bool) -> Setup:
    """Draw a story's beginning."""
    plot = PLOTS[dice.pick("plot", plot_odds())]
    props = [dice.pick(f"prop{i}", prop_odds(plot.name, i)) for i in range(len(plot.uses))]
    cast = _cast(dice, plot.people, props, hard=hard)
    place = dice.pick("home", home_odds(plot.name, hard=hard))
    light = dice.pick("light", Counter(plot.lights))
    weather = dice.pick("weather", Counter(plot.weathers))
    people = tuple(Person(c.id, present=c.id == "char1" or (plot.company and c.id == "char2")) for c in cast)
    things = tuple(_thing(dice, plot, props, i, place) for i in range(len(props)))
    return Setup(cast, State(plot.name, place, light, weather, people, things, hard))


def _cast(dice: Dice, count: int, props: list[str], *, hard: bool) -> tuple[Character, ...]:
    cast: list[Character] = []
    for number in range(1, count + 1):
        kind = dice.pick(f"kind{number}", kind_odds(props, [c.kind for c in cast], hard=hard))
        cast.append(new_character(dice, number, kind, [c.name for c in cast]))
    return tuple(cast)


def new_character(dice: Dice, number: int, kind: str, taken: list[str]) -> Character:
    """Draw the name and looks of a character of this kind; `taken` are the names that others have."""
    name = dice.pick(f"name{number}", name_odds(kind, taken))
    build = dice.pick(f"build{number}", even(KINDS[kind].builds))
    garment = dice.pick(f"garment{number}", even(GARMENTS))
    clothes = dice.pick(f"clothes{number}", even(CLOTHES))
    extra = dice.pick(f"extra{number}", even(EXTRAS))
    trim = dice.pick(f"trim{number}", even(colour for colour in CLOTHES if colour != clothes))
    sex = "she" if name in SHE else "he"
    return Character(f"char{number}", kind, name, sex, build, garment, clothes, extra, trim)


def _thing(dice: Dice, plot: Plot, props: list[str], number: int, place: str) -> Thing:
    colour = dice.pick(f"colour{number}", even(PROPS[props[number]].colours))
    thing = Thing(f"obj{number + 1}", props[number], colour)
    if number > 0:
        return Thing(thing.id, thing.kind, colour, where="away")
    if plot.start == "ground":
        return Thing(thing.id, thing.kind, colour, place=place)
    return Thing(thing.id, thing.kind, colour, where="hand", holder="char1", owner="char1")
