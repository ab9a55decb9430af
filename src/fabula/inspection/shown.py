"""A story as the page shows it: small pictures inside the page, boxes in per cent, captions cut where they mention."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import NamedTuple

from PIL import Image

from fabula.errors import FabulaError
from fabula.images import to_rgb
from fabula.story import Box, Entity, Frame, Mention, Story

WIDEST = 400  # pixels of a picture on the page
GOLDEN = 137.508  # degrees: neighbouring entities get hues far apart


class Piece(NamedTuple):
    """A stretch of a caption, and the entities it speaks of."""

    text: str
    tag: str = ""
    ids: tuple[str, ...] = ()


class ShownEntity(NamedTuple):
    """An entity of one frame; its place in per cent of the picture: left, top, width, height."""

    id: str
    kind: str
    name: str
    about: str
    place: tuple[float, float, float, float] | None


@dataclass(frozen=True)
class ShownFrame:
    number: int
    picture: str  # a data address; empty where there is none
    size: tuple[int, int]  # height, width as it came
    pieces: tuple[Piece, ...]
    entities: tuple[ShownEntity, ...]
    beside: dict[str, str]  # what else is known: the setting, the description, the reason


@dataclass(frozen=True)
class ShownStory:
    split: str
    id: str
    title: str
    credit: str
    frames: tuple[ShownFrame, ...]
    hues: dict[str, float]  # entity id -> degrees
    phases: tuple[tuple[str, str], ...]
    repairs: tuple[str, ...]


def shown_story(split: str, story: Story) -> ShownStory:
    """All that the page says of one story."""
    credit = " · ".join(part for part in (story.source, story.attribution, story.licence) if part)
    phases = tuple((phase.name, phase.key_events or phase.description) for phase in story.phases)
    frames = tuple(_frame(frame, number) for number, frame in enumerate(story.frames, start=1))
    return ShownStory(split, story.id, story.title, credit, frames, _hues(story.frames), phases, story.repairs)


def _frame(frame: Frame, number: int) -> ShownFrame:
    picture, size = _picture(frame.picture)
    entities = tuple(_entity(entity, size) for entity in frame.entities)
    beside = {**frame.setting, "Description": frame.description, "Reason": frame.reason}
    told = {name: text for name, text in beside.items() if text}
    return ShownFrame(frame.number or number, picture, size, pieces(frame.caption, frame.mentions), entities, told)


def _picture(picture: Image.Image | None) -> tuple[str, tuple[int, int]]:
    """The address of a small JPEG, and the height and width of the picture as it came."""
    if picture is None:
        return "", (0, 0)
    try:
        rgb = to_rgb(picture)
    except FabulaError:
        return "", (0, 0)
    size = (rgb.height, rgb.width)
    rgb.thumbnail((WIDEST, 2 * WIDEST), Image.Resampling.BICUBIC)
    held = io.BytesIO()
    rgb.save(held, "JPEG", quality=82, optimize=True)
    return "data:image/jpeg;base64," + base64.b64encode(held.getvalue()).decode("ascii"), size


def _entity(entity: Entity, size: tuple[int, int]) -> ShownEntity:
    place = _per_cent(entity.box, size) if entity.box and all(size) else None
    about = ". ".join(part for part in (entity.description, *_told(entity.details)) if part)
    return ShownEntity(entity.id, entity.kind, entity.name or entity.id, about, place)


def _told(details: Mapping[str, str]) -> Iterable[str]:
    return (f"{name}: {text}" for name, text in details.items() if text)


def _per_cent(box: Box, size: tuple[int, int]) -> tuple[float, float, float, float]:
    height, width = size
    left, right = (min(max(side / width, 0.0), 1.0) * 100 for side in (box.left, box.right))
    top, bottom = (min(max(side / height, 0.0), 1.0) * 100 for side in (box.top, box.bottom))
    return round(left, 2), round(top, 2), round(right - left, 2), round(bottom - top, 2)


def pieces(caption: str, mentions: Iterable[Mention]) -> tuple[Piece, ...]:
    """The caption in pieces that join to it again; where mentions overlap, the innermost counts."""
    spans = [(max(m.start, 0), min(m.end, len(caption)), m) for m in mentions]
    spans = [span for span in spans if span[0] < span[1]]
    cuts = sorted({0, len(caption), *chain.from_iterable(span[:2] for span in spans)})
    return tuple(_piece(caption[start:end], start, spans) for start, end in pairwise(cuts))


def _piece(text: str, start: int, spans: list[tuple[int, int, Mention]]) -> Piece:
    over = [(end - begin, mention) for begin, end, mention in spans if begin <= start < end]
    if not over:
        return Piece(text)
    _, inner = min(over, key=lambda each: each[0])
    return Piece(text, inner.tag, inner.ids)


def _hues(frames: Iterable[Frame]) -> dict[str, float]:
    """A hue for every entity of a story, in the order in which they enter it."""
    names = chain.from_iterable(
        [*(entity.id for entity in frame.entities), *chain.from_iterable(mention.ids for mention in frame.mentions)]
        for frame in frames
    )
    return {name: round(25 + number * GOLDEN, 1) % 360 for number, name in enumerate(dict.fromkeys(names))}
