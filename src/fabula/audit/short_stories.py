"""Stories that hold no window: K frames and one that follows."""

from __future__ import annotations

from collections.abc import Iterator

from fabula.audit.finding import EXAMPLES, Example, Finding
from fabula.audit.read import Read


def short_stories(read: Read, context: int) -> Iterator[Finding]:
    """Fault: stories of fewer than K + 1 frames, which are read and never used."""
    short = [place for place, count in enumerate(read.counts) if read.ids[place] and count <= context]
    yield Finding(
        name="short stories",
        severity="fault",
        splits=(read.split,),
        count=len(short),
        of=len(read.ids),
        what=f"stories of {read.split}",
        about=f"Fewer than {context + 1} frames: no window of {context} frames and one to tell.",
        remedy="A smaller context (data.context) uses them.",
        examples=[Example(f"{read.where_story(place)}: {read.counts[place]} frames") for place in short[:EXAMPLES]],
    )
