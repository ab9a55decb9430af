"""The state of the world between two frames. Small, frozen and hashable, so that an oracle can sum over states."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


def changed(value: T, **changes: object) -> T:
    """A frozen value with some fields changed: `dataclasses.replace`, six times as fast."""
    new = object.__new__(type(value))
    new.__dict__.update(value.__dict__, **changes)
    return new


@dataclass(frozen=True)
class Person:
    """What changes about a character."""

    id: str
    present: bool = False
    met: bool = False  # has been in a frame before
    asleep: bool = False
    feeling: str = "calm"


@dataclass(frozen=True)
class Thing:
    """A prop and its state. `where` is hand, ground, hidden or away (not yet in the story, or used up)."""

    id: str
    kind: str
    colour: str
    where: str = "ground"
    holder: str = ""  # whose hand
    place: str = ""  # where it lies
    owner: str = ""
    known: bool = False  # has been in a frame before
    broken: bool = False
    lit: bool = False
    open: bool = False
    planted: bool = False
    sprouted: bool = False


@dataclass(frozen=True)
class Event:
    """What happens in a frame: who does what to whom with what, going where."""

    kind: str
    actor: str = ""
    other: str = ""
    thing: str = ""
    place: str = ""


@dataclass(frozen=True)
class State:
    """All that the next event depends on. Plot, stage and distractions are hidden; the rest is in the pictures."""

    plot: str
    place: str
    light: str
    weather: str
    people: tuple[Person, ...]
    things: tuple[Thing, ...]
    hard: bool = False  # the law of the hard split
    stage: int = 0  # steps of the plot already told
    distractions: int = 0
    last: Event | None = None

    def person(self, id: str) -> Person:
        return self.people[int(id[4:]) - 1]

    def thing(self, id: str) -> Thing:
        return self.things[int(id[3:]) - 1]

    def present(self) -> list[Person]:
        return [person for person in self.people if person.present]

    def awake(self) -> list[Person]:
        return [person for person in self.people if person.present and not person.asleep]

    def holding(self, id: str) -> list[Thing]:
        return [thing for thing in self.things if thing.where == "hand" and thing.holder == id]

    def with_person(self, id: str, **changes: object) -> State:
        return changed(self, people=tuple(changed(p, **changes) if p.id == id else p for p in self.people))

    def with_thing(self, id: str, **changes: object) -> State:
        return changed(self, things=tuple(changed(t, **changes) if t.id == id else t for t in self.things))
