"""One row of a table to a story: its pictures with its captions, given as a list or as markup."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PIL import Image

from fabula.data.beside import add_beside
from fabula.data.columns import Columns, text_in
from fabula.data.pictures import picture_of, size_of
from fabula.errors import FabulaError
from fabula.markup import Parsed, Repairs, clean, parse
from fabula.story import Frame, Story


@dataclass(frozen=True)
class Place:
    """Where a row stands, and what holds for it where the row itself says nothing."""

    where: str  # "stories/train.parquet, row 3"
    id: str  # for a row without one
    folder: Path  # paths of pictures begin here
    source: str = ""
    licence: str = ""


def story_of(row: Mapping[str, Any], columns: Columns, place: Place) -> Story:
    """The story in a row.

    Errors: FabulaError that names row, story and frame, for a broken or absent picture, for captions and pictures of
    unequal number, and for values of another type than text.
    """
    name = text_in(row, columns.id) or place.id
    where = f"{place.where}, story {name!r}"
    repairs = Repairs()
    pictures = _pictures(row, columns, place.folder, where)
    parsed = _captions(row, columns, pictures, where, repairs)
    frames = add_beside(row, columns, parsed.frames, where, repairs)
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
