"""Which column of a table is what, whatever the columns are called.

Two schemas are known: `frames` and `captions` (lists, one a frame) with `reason`, `descriptions`, `story_id`, `title`,
`source`, `license`, `attribution` where they are there; and StoryReasoning's `images`, `story` (markup),
`chain_of_thought` (tables), `frame_count`, `story_id`. Which of the two a caption column holds, lists or markup, is
seen from its values. `scenes`, where it is there, is the story world's truth about each frame.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fabula.errors import FabulaError, unknown
from fabula.markup import clean

if TYPE_CHECKING:
    from fabula.recipe import Data

NONE = "none"  # as `frames_key`: stories without pictures; as `captions_key`: without captions


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


def text_in(row: Mapping[str, Any], column: str | None) -> str:
    """The value of a column as plain text; empty where there is none."""
    value = row.get(column) if column else None
    return "" if value is None else clean(str(value))[0]
