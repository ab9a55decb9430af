"""What was understood of a story, as one plain value: a line of `fabula inspect --dump`."""

from __future__ import annotations

from typing import Any

from fabula.story import Entity, Frame, Mention, Story


def describe(story: Story) -> dict[str, Any]:
    """Id, frames, phases and repairs as JSON values; spans in characters of the plain caption, boxes in pixels."""
    return {
        "id": story.id,
        "frames": [_frame(frame, place) for place, frame in enumerate(story.frames, start=1)],
        "phases": [vars(phase) for phase in story.phases],
        "repairs": list(story.repairs),
    }


def _frame(frame: Frame, place: int) -> dict[str, Any]:
    return {
        "number": frame.number or place,
        "caption": frame.caption,
        "mentions": [_mention(mention) for mention in frame.mentions],
        "entities": [_entity(entity) for entity in frame.entities],
        "setting": dict(frame.setting),
    }


def _mention(mention: Mention) -> dict[str, Any]:
    return {"tag": mention.tag, "ids": list(mention.ids), "start": mention.start, "end": mention.end}


def _entity(entity: Entity) -> dict[str, Any]:
    box = list(entity.box) if entity.box else None
    return {
        "id": entity.id,
        "kind": entity.kind,
        "name": entity.name,
        "description": entity.description,
        "box": box,
    }
