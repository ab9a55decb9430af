"""Captions that say nothing of their frame: empty, the same through a story, or the same in many frames."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from fabula.audit.finding import EXAMPLES, Example, Finding
from fabula.audit.read import Read

OFTEN = 10  # frames with one caption: no story repeats a sentence so often by itself


def weak_captions(read: Read, context: int) -> Iterator[Finding]:
    """Faults: frames without words, stories of one caption, captions that ten frames or more have."""
    said = [caption.strip() for caption in read.captions]
    empty = [row for row, caption in enumerate(said) if not caption]
    yield _finding(read, "empty captions", empty, "A frame without a caption teaches a writer to be silent.")
    times = Counter(filter(None, said))
    often = [row for row, caption in enumerate(said) if times[caption] >= OFTEN]
    about = f"One caption in {OFTEN} frames or more: a writer that says it always scores well."
    yield _finding(read, "captions repeated often", often, about, _most(times))
    constant = [place for place in range(len(read.ids)) if _constant(read, said, place)]
    yield Finding(
        name="constant captions",
        severity="fault",
        splits=(read.split,),
        count=len(constant),
        of=len(read.ids),
        what=f"stories of {read.split}",
        about="Every frame of the story has the same caption; was one text copied to all of them?",
        remedy="Give every frame its own caption, or leave the story out.",
        examples=[
            Example(f"{read.where_story(place)}: {said[read.first[place]]!r:.90}") for place in constant[:EXAMPLES]
        ],
    )


def _constant(read: Read, said: Sequence[str], place: int) -> bool:
    first = int(read.first[place])
    held = set(said[first : first + read.counts[place]])
    return read.counts[place] > 1 and len(held) == 1 and held != {""}


def _most(times: Counter[str]) -> list[Example]:
    return [Example(f"{n:,} times: {caption!r:.90}") for caption, n in times.most_common(EXAMPLES) if n >= OFTEN]


def _finding(read: Read, name: str, rows: list[int], about: str, examples: Sequence[Example] = ()) -> Finding:
    return Finding(
        name=name,
        severity="fault",
        splits=(read.split,),
        count=len(rows),
        of=len(read.captions),
        what=f"captions of {read.split}",
        about=about,
        remedy="Caption these frames, or leave them out.",
        examples=examples or [Example(str(read.where(row))) for row in rows[:EXAMPLES]],
    )
