"""A story to a JSON row and back: all but the pixels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields
from typing import Any

from fabula.story import Box, Entity, Frame, Mention, Phase, Story


def to_row(story: Story) -> dict[str, Any]:
    """The story as plain JSON values; what is empty is left out."""
    row = _said(story, leave=("frames", "phases"))
    phases = [_said(phase) for phase in story.phases]
    return {**row, "frames": [_frame_row(frame) for frame in story.frames], **({"phases": phases} if phases else {})}


def _frame_row(frame: Frame) -> dict[str, Any]:
    row = _said(frame, leave=("picture", "mentions", "entities"))
    beside = {"mentions": frame.mentions, "entities": frame.entities}
    return row | {name: [_said(value) for value in values] for name, values in beside.items() if values}


def _said(value: Any, leave: tuple[str, ...] = ()) -> dict[str, Any]:
    """The fields of a dataclass that differ from their defaults."""
    kept = [each for each in fields(value) if each.name not in leave]
    return {
        each.name: _plain(getattr(value, each.name)) for each in kept if getattr(value, each.name) != _default(each)
    }


def _default(each: Field[Any]) -> Any:
    """What a field holds when nothing was said; MISSING where something must be."""
    return each.default if each.default_factory is MISSING else each.default_factory()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(held) for key, held in value.items()}
    return [_plain(held) for held in value] if isinstance(value, list | tuple) else value


def from_row(row: Mapping[str, Any]) -> Story:
    """What `to_row` wrote, as a story without pictures."""
    rest = {name: value for name, value in row.items() if name not in ("frames", "phases", "repairs")}
    phases = tuple(Phase(**phase) for phase in row.get("phases", ()))
    frames = tuple(_frame(frame) for frame in row["frames"])
    return Story(**rest, frames=frames, phases=phases, repairs=tuple(row.get("repairs", ())))


def _frame(row: Mapping[str, Any]) -> Frame:
    rest = {name: value for name, value in row.items() if name not in ("caption", "mentions", "entities")}
    mentions = tuple(_mention(**mention) for mention in row.get("mentions", ()))
    entities = tuple(_entity(**entity) for entity in row.get("entities", ()))
    return Frame(None, row["caption"], mentions=mentions, entities=entities, **rest)


def _mention(tag: str, ids: Sequence[str], start: int, end: int) -> Mention:
    return Mention(tag, tuple(ids), start, end)


def _entity(box: Sequence[int] | None = None, **rest: Any) -> Entity:
    return Entity(**rest, box=Box(*box) if box else None)
