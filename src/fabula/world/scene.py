"""The truth about one frame: who is where, holding what, feeling what, seen how. Enough to paint and to tell it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from fabula.world.cast import Character
from fabula.world.state import Event


@dataclass(frozen=True)
class Actor:
    """A character as it stands in the frame. `x` is in hundredths of a child's height, 0 the middle of the stage."""

    who: Character
    feeling: str
    x: int
    faces: int  # -1 left, 1 right
    holding: str = ""  # the id of a thing
    asleep: bool = False
    new: bool = False  # in a frame for the first time


@dataclass(frozen=True)
class Item:
    """A prop as it lies or is held in the frame."""

    id: str
    kind: str
    colour: str
    where: str  # hand, ground, hidden
    holder: str
    owner: str
    x: int
    new: bool = False
    broken: bool = False
    lit: bool = False
    open: bool = False
    planted: bool = False
    sprouted: bool = False


@dataclass(frozen=True)
class Camera:
    """How the scene is seen: the middle of the picture and the height that it shows."""

    shot: str  # wide, medium, close
    focus: str  # a character's id, or all
    x: int
    y: int
    tall: int


@dataclass(frozen=True)
class Scene:
    """One frame of a story in facts. `hidden` and `odds` are not seen in the picture."""

    number: int
    event: Event
    place: str
    light: str
    weather: str
    camera: Camera
    cut: bool  # whether the camera has moved since the frame before
    actors: tuple[Actor, ...]
    items: tuple[Item, ...]
    mark_x: int  # where the landmark stands
    grain: str  # seed of the background's details, in hexadecimal; the same for one place of one story
    why: tuple[str, ...] = ()  # reasons that the plot gives for the event
    hidden: Mapping[str, Any] = field(default_factory=dict)  # plot, stage, distractions
    odds: Mapping[str, float] = field(default_factory=dict)  # event: given the plot; event_given_past: given the frames

    def actor(self, id: str) -> Actor | None:
        return next((actor for actor in self.actors if actor.who.id == id), None)

    def item(self, id: str) -> Item | None:
        return next((item for item in self.items if item.id == id), None)

    def record(self) -> dict[str, Any]:
        """The scene as JSON values; lists and dicts of its own."""
        plain = dict(vars(self))
        plain |= {name: dict(plain[name]) for name in ("hidden", "odds")}
        plain |= {name: dict(vars(plain[name])) for name in ("event", "camera")}
        plain["actors"] = [{**vars(actor), "who": dict(vars(actor.who))} for actor in self.actors]
        plain["items"] = [dict(vars(item)) for item in self.items]
        plain["why"] = list(self.why)
        return plain


def from_record(record: Mapping[str, Any]) -> Scene:
    """The scene of a record, so that it can be painted and told again."""
    values = {key.name: record[key.name] for key in fields(Scene)}
    values["event"] = Event(**record["event"])
    values["camera"] = Camera(**record["camera"])
    values["actors"] = tuple(_actor(actor) for actor in record["actors"])
    values["items"] = tuple(Item(**item) for item in record["items"])
    values["why"] = tuple(record["why"])
    return Scene(**values)


def _actor(record: Mapping[str, Any]) -> Actor:
    values = dict(record)
    values["who"] = Character(**record["who"])
    return Actor(**values)
