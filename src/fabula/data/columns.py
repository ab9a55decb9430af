"""One row of a table to a story, whatever its columns are called.

Two schemas are known: `frames` and `captions` (lists, one a frame) with `reason`, `descriptions`, `story_id`, `title`,
`source`, `license`, `attribution` where they are there; and StoryReasoning's `images`, `story` (markup),
`chain_of_thought` (tables), `frame_count`, `story_id`. Which of the two a caption column holds, lists or markup, is
seen from its values. `scenes`, where it is there, is the story world's truth about each frame.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from fabula.data.pictures import picture_of, size_of
from fabula.errors import FabulaError, unknown
from fabula.markup import Parsed, Repairs, clean, parse
from fabula.story import Frame, Story

if TYPE_CHECKING:
    from fabula.recipe import Data

NONE = "none"  # as `frames_key`: stories without pictures; as `captions_key`: without captions
_SECTION = re.compile(r"^#+\s*image\s*#?\s*([0-9]{1,6})\b.*$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Columns:
    """The names of the columns that are there; None for what is not."""

    frames: str | None
    captions: str | None
    reason: str | None
    id: str | None
    thoughts: str | None
    frame_count: str | None
    descriptions: str | None
    scenes: str | None
    title: str | None
    source: str | None
    licence: str | None
    attribution: str | None


@dataclass(frozen=True)
class Place:
    """Where a row stands, and what holds for it where the row itself says nothing."""

    where: str  # "stories/train.parquet, row 3"
    id: str  # for a row without one
    folder: Path  # paths of pictures begin here
    source: str = ""
    licence: str = ""


def find_columns(names: Sequence[str], where: str, data: Data | None = None) -> Columns:
    """Which column is what. Errors: FabulaError with the columns there are, and what was probably meant."""
    keys = (data.frames_key, data.captions_key, data.reason_key) if data else (None, None, None)
    frames = _chosen(names, where, "frames_key", keys[0], ("frames", "images"), "pictures")
    captions = _chosen(names, where, "captions_key", keys[1], ("captions", "story"), "captions")
    if frames is None and captions is None:
        raise FabulaError(f"{where}: data.frames_key and data.captions_key are both 'none'; nothing is left to read")
    reason = _chosen(names, where, "reason_key", keys[2], (), "reasons") if keys[2] else _first(names, "reason")
    return Columns(
        frames=frames,
        captions=captions,
        reason=reason,
        id=_first(names, "story_id", "id"),
        thoughts=_first(names, "chain_of_thought"),
        frame_count=_first(names, "frame_count"),
        descriptions=_first(names, "descriptions"),
        scenes=_first(names, "scenes"),
        title=_first(names, "title"),
        source=_first(names, "source"),
        licence=_first(names, "license", "licence"),
        attribution=_first(names, "attribution"),
    )


def _chosen(
    names: Sequence[str], where: str, option: str, key: str | None, usual: tuple[str, ...], what: str
) -> str | None:
    if key is not None and key.lower() == NONE and key not in names:
        return None
    if key is not None and key not in names:
        raise FabulaError(f"{where}: data.{option}: {unknown(key, names)}")
    found = key or _first(names, *usual)
    if found is None:
        raise FabulaError(f"{where}: no column of {what}: {unknown(usual[0], names)}; name one in data.{option}")
    return found


def _first(names: Sequence[str], *usual: str) -> str | None:
    return next((name for name in usual if name in names), None)


def story_of(row: Mapping[str, Any], columns: Columns, place: Place) -> Story:
    """The story in a row. Errors: FabulaError that names row, story and frame, for a broken or absent picture,

    captions and pictures of unequal number, and values of another type than text.
    """
    name = text_in(row, columns.id) or place.id
    where = f"{place.where}, story {name!r}"
    repairs = Repairs()
    pictures = _pictures(row, columns, place.folder, where)
    parsed = _captions(row, columns, pictures, where, repairs)
    frames = _beside(row, columns, parsed.frames, where, repairs)
    if pictures is not None:
        frames = [replace(frame, picture=picture) for frame, picture in zip(frames, pictures, strict=True)]
    return Story(
        id=name,
        frames=tuple(frames),
        source=text_in(row, columns.source) or place.source,
        licence=text_in(row, columns.licence) or place.licence,
        attribution=text_in(row, columns.attribution),
        title=text_in(row, columns.title),
        phases=parsed.phases,
        repairs=(*parsed.repairs, *repairs),
    )


def text_in(row: Mapping[str, Any], column: str | None) -> str:
    """The value of a column as plain text; empty where there is none."""
    value = row.get(column) if column else None
    return "" if value is None else clean(str(value))[0]


def _pictures(row: Mapping[str, Any], columns: Columns, folder: Path, where: str) -> list[Image.Image] | None:
    if columns.frames is None:
        return None
    values = row.get(columns.frames)
    if values is None:
        return []
    if not isinstance(values, list | tuple):
        raise FabulaError(f"{where}: {columns.frames} is {type(values).__name__}; expected a list, a picture a frame")
    return [picture_of(value, folder, f"{where}, frame {number}") for number, value in enumerate(values, start=1)]


def _captions(
    row: Mapping[str, Any],
    columns: Columns,
    pictures: Sequence[Image.Image] | None,
    where: str,
    repairs: Repairs,
) -> Parsed:
    if columns.captions is None:
        return Parsed(tuple(Frame(None, "", number + 1) for number in range(len(pictures or ()))), (), ())
    value = row.get(columns.captions)
    if isinstance(value, str) and (columns.captions == "story" or "<gdi" in value.lower()):
        return _from_markup(row, columns, value, pictures, repairs)
    texts = [None] * len(pictures or ()) if value is None else value
    if not isinstance(texts, list | tuple):
        told = f"one {type(texts).__name__}" + (
            f" {texts[:40]!r} without <gdi> markup" if isinstance(texts, str) else ""
        )
        raise FabulaError(f"{where}: {columns.captions} is {told}; expected a list, a caption a frame")
    if pictures is not None and len(texts) != len(pictures):
        raise FabulaError(f"{where}: {len(pictures)} pictures and {len(texts)} captions; every frame needs one of each")
    captions = [caption_of(text, number, where, repairs) for number, text in enumerate(texts, start=1)]
    return Parsed(tuple(Frame(None, caption, number) for number, caption in enumerate(captions, start=1)), (), ())


def caption_of(value: Any, number: int, where: str, repairs: Repairs) -> str:
    """A caption as it came, without control characters; an absent one is empty. Both are noted."""
    if value is None:
        repairs.note("caption missing: it is empty now", f"frame {number}")
        return ""
    if not isinstance(value, str):
        raise FabulaError(
            f"{where}, frame {number}: the caption is {type(value).__name__} {value!r:.40}; expected text"
        )
    caption, dropped = clean(value)
    if dropped:
        repairs.note("characters dropped: control characters", f"frame {number}: {dropped}")
    return caption


def _from_markup(
    row: Mapping[str, Any],
    columns: Columns,
    markup: str,
    pictures: Sequence[Image.Image] | None,
    repairs: Repairs,
) -> Parsed:
    told = row.get(columns.frame_count) if columns.frame_count else None
    numbers = [int(number) for number in re.findall(r"<gdi\s+image\s*([0-9]{1,4})\b", markup, re.IGNORECASE)]
    count = len(pictures) if pictures is not None else max(numbers, default=0)
    if isinstance(told, int) and told != count:
        repairs.note("frame count differs from the pictures", f"{told}, {count} pictures")
    return parse(
        markup, text_in(row, columns.thoughts), count, [size_of(picture) for picture in pictures or ()] or None
    )


def _beside(
    row: Mapping[str, Any], columns: Columns, frames: Sequence[Frame], where: str, repairs: Repairs
) -> list[Frame]:
    """The frames with what other columns say of them."""
    descriptions = _descriptions(row, columns, len(frames), repairs)
    reasons = _reasons(row, columns, len(frames), where)
    scenes = _scenes(row, columns, len(frames), where)
    return [
        replace(frame, description=description, reason=reason, scene=scene)
        for frame, description, reason, scene in zip(frames, descriptions, reasons, scenes, strict=True)
    ]


def _descriptions(row: Mapping[str, Any], columns: Columns, count: int, repairs: Repairs) -> list[str]:
    values = row.get(columns.descriptions) if columns.descriptions else None
    if values is None:
        return [""] * count
    if not isinstance(values, list | tuple) or len(values) != count:
        repairs.note("descriptions dropped: not one a frame")
        return [""] * count
    return [clean(str(value or ""))[0] for value in values]


def _reasons(row: Mapping[str, Any], columns: Columns, count: int, where: str) -> list[str]:
    """One a frame; of one text with a heading for every image, each frame's own section."""
    values = row.get(columns.reason) if columns.reason else None
    if values is None:
        return [""] * count
    if isinstance(values, str):
        sections = _sections(values)
        values = [sections.get(number, "") for number in range(1, count + 1)] if sections else values
    if not isinstance(values, list | tuple) or len(values) != count:
        told = f"{len(values)} reasons" if isinstance(values, list | tuple) else f"one {type(values).__name__}"
        raise FabulaError(f"{where}: {count} frames, but {columns.reason} is {told}; expected a list, a reason a frame")
    return [clean(str(value or ""))[0] for value in values]


def _sections(text: str) -> dict[int, str]:
    headings = list(_SECTION.finditer(text))
    ends = [*(heading.start() for heading in headings), len(text)][1:]
    cut = [
        re.split(r"^#{1,2}\s", text[each.end() : end], maxsplit=1, flags=re.MULTILINE)[0]
        for each, end in zip(headings, ends, strict=True)
    ]
    return {int(heading[1]): section.strip() for heading, section in zip(headings, cut, strict=True)}


def _scenes(row: Mapping[str, Any], columns: Columns, count: int, where: str) -> list[Mapping[str, object] | None]:
    values = row.get(columns.scenes) if columns.scenes else None
    if values is None:
        return [None] * count
    try:
        values = json.loads(values) if isinstance(values, str) else values
        scenes = [json.loads(value) if isinstance(value, str) else value for value in values]
    except (TypeError, ValueError) as error:
        raise FabulaError(f"{where}: {columns.scenes} is not JSON: {error}") from error
    if len(scenes) != count:
        raise FabulaError(f"{where}: {count} frames, but {len(scenes)} scenes")
    return scenes
