"""What other columns say beside pictures and captions: descriptions, reasons, the world's scenes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from fabula.data.columns import Columns
from fabula.errors import FabulaError
from fabula.markup import Repairs, clean
from fabula.story import Frame

_SECTION = re.compile(r"^\s*(?:#+|\*\*)\s*\**image\s*#?\s*0*([0-9]{1,6})(?![0-9]).*$", re.IGNORECASE | re.MULTILINE)
_WHOLE = re.compile(r"^(?:#{1,2}\s|[#*|\s]*narrative (?:structure|phase))", re.IGNORECASE | re.MULTILINE)


def add_beside(
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
    if isinstance(values, str) and _SECTION.search(values):
        sections = _sections(values, count)
        values = [sections.get(number, "") for number in range(1, count + 1)]
    if not isinstance(values, list | tuple) or len(values) != count:
        told = f"{len(values)} reasons" if isinstance(values, list | tuple) else f"one {type(values).__name__}"
        raise FabulaError(f"{where}: {count} frames, but {columns.reason} is {told}; expected a list, a reason a frame")
    return [clean(str(value or ""))[0] for value in values]


def _sections(text: str, count: int) -> dict[int, str]:
    """What a text about the whole story says under the heading of each image, and not a word beyond.

    StoryReasoning's `chain_of_thought` is such a text: tables image by image, then the structure of the whole story,
    which is left out, since it knows how the story ends. A frame's reason must not hold a later frame: where the next
    heading is not that of the next image, a heading is missing or stands elsewhere, and so the section may go on about
    other images; it is left out. (`markup` reads the same tables into entities and setting, likewise image by image;
    its phases, which span the story, belong to no frame.)
    """
    headings = list(_SECTION.finditer(text))
    ends = [*(heading.start() for heading in headings), len(text)][1:]
    numbers = [int(heading[1]) for heading in headings]
    cut = [_WHOLE.split(text[each.end() : end], maxsplit=1)[0] for each, end in zip(headings, ends, strict=True)]
    places = zip(numbers, [*numbers[1:], count + 1], cut, strict=True)
    return {number: section.strip() for number, following, section in places if following == number + 1}


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
