"""Boxes that are empty, no numbers, or outside their picture; and what else the reader mended."""

from __future__ import annotations

from collections.abc import Iterator

from fabula.audit.finding import Example, Finding
from fabula.audit.read import Read


def wrong_boxes(read: Read, context: int) -> Iterator[Finding]:
    """Fault: boxes that the reader clamped or dropped, and those that reach beyond their picture as they came."""
    yield Finding(
        name="wrong boxes",
        severity="fault",
        splits=(read.split,),
        count=read.boxes.count,
        of=max(read.box_count, read.boxes.count),
        what=f"boxes of {read.split}",
        about="Empty, no numbers, or beyond the picture. They are clamped to it, or dropped, when the data is read.",
        remedy="Write x1,y1,x2,y2 in pixels of the picture as it is stored.",
        examples=[Example(text) for text in read.boxes.kept],
    )
    other = {kind: times for kind, times in read.repairs.most_common() if not kind.startswith("box ")}
    yield Finding(
        name="repairs",
        severity="fault",
        splits=(read.split,),
        count=sum(other.values()),
        of=len(read.captions),
        what=f"repairs in {read.split}",
        about="What was dropped or mended when the data was read, boxes apart. `fabula inspect` shows each.",
        examples=[Example(f"{kind}: {times:,}") for kind, times in other.items()],
    )


def unmentioned(read: Read, context: int) -> Iterator[Finding]:
    """Note: entities that a frame's tables name and its caption never mentions."""
    yield Finding(
        name="entities without mention",
        severity="note",
        splits=(read.split,),
        count=read.unmentioned.count,
        of=read.entities,
        what=f"entities of {read.split}",
        about="A frame's tables name them and its caption has no tag for them.",
        examples=[Example(text) for text in read.unmentioned.kept],
    )
