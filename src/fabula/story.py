"""A story as people see it: what every source gives and every storyteller tells. No torch in this file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from PIL import Image


class Size(NamedTuple):
    """A picture's height and width in pixels; a recipe writes `60x125`."""

    height: int
    width: int

    def __str__(self) -> str:
        return f"{self.height}x{self.width}"


class Box(NamedTuple):
    """Corners in pixels of the picture as it came, x to the right and y down."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True)
class Entity:
    """A character, object, landmark or background that a frame's tables name."""

    id: str  # "char1"
    kind: str  # character, object, landmark, background
    name: str = ""
    description: str = ""
    box: Box | None = None
    details: Mapping[str, str] = field(default_factory=dict)  # the table's other columns: emotions, actions, ...


@dataclass(frozen=True)
class Mention:
    """Where a caption speaks of entities: a span in characters of the plain caption."""

    tag: str  # gdo, gda, gdl
    ids: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True)
class Phase:
    """One row of a story's narrative structure."""

    name: str
    description: str = ""
    key_events: str = ""
    images: str = ""


@dataclass(frozen=True)
class Frame:
    """One frame: the picture, its caption, and what is known beside. Only picture and caption may reach a model."""

    picture: Image.Image | None
    caption: str
    number: int = 0  # the image number of the source, from 1
    mentions: tuple[Mention, ...] = ()
    entities: tuple[Entity, ...] = ()
    setting: Mapping[str, str] = field(default_factory=dict)  # element -> description
    setting_details: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # element -> mood, time, function
    description: str = ""  # what the picture shows, where the source says it
    reason: str = ""  # the optional third text
    scene: Mapping[str, object] | None = None  # the world's truth about this frame


@dataclass(frozen=True)
class Story:
    id: str
    frames: tuple[Frame, ...]
    source: str = ""
    licence: str = ""
    attribution: str = ""
    title: str = ""
    phases: tuple[Phase, ...] = ()
    repairs: tuple[str, ...] = ()  # what was dropped or mended on the way in, in words


class Storyteller(Protocol):
    """Whoever continues stories: a trained model, a floor, a remote service.

    `paints` and `writes` say what it tells.
    """

    paints: bool
    writes: bool

    def tell(self, contexts: Sequence[Sequence[Frame]], *, seed: int = 0) -> list[Frame]:
        """The next frame of every context, oldest frame first; no answer depends on the other contexts."""
        ...


class Scorer(Protocol):
    """A storyteller that can say how likely a caption is."""

    def log_loss(self, contexts: Sequence[Sequence[Frame]], captions: Sequence[str]) -> list[float]:
        """Teacher-forced: the total nats of each caption as it is scored (truncated, end token included)."""
        ...
