"""Stories that stand in two splits, by their id or by their title."""

from __future__ import annotations

from collections.abc import Iterator

from fabula.audit.finding import EXAMPLES, Example, Finding, Side
from fabula.audit.read import Read
from fabula.audit.words import words

TELLING = 0.9  # of a split's titles are different: then a title names a story, else it names a kind of story


def same_stories(one: Read, other: Read) -> Iterator[Finding]:
    """Leak: an id that stands in both splits; a title too, where titles tell stories apart (else a note)."""
    yield _finding("same story: id", "leak", one, other, _pairs(one.ids, other.ids))
    ours, theirs = ([" ".join(words(title)) for title in read.titles] for read in (one, other))
    apart = all(len(set(filter(None, titles))) >= TELLING * sum(map(bool, titles)) for titles in (ours, theirs))
    yield _finding("same story: title", "leak" if apart else "note", one, other, _pairs(ours, theirs))


def _pairs(ours: list[str], theirs: list[str]) -> list[tuple[int, int]]:
    known = {name: place for place, name in reversed(list(enumerate(ours))) if name}
    return [(known[name], place) for place, name in enumerate(theirs) if name in known]


def _finding(name: str, severity, one: Read, other: Read, pairs: list[tuple[int, int]]) -> Finding:
    leaks = severity == "leak"
    told = "is a story of" if leaks else "is a title that many stories have, also in"
    return Finding(
        name=name,
        severity=severity,
        splits=(one.split, other.split),
        count=len(pairs),
        of=len(other.ids),
        what=f"stories of {other.split}",
        about=f"What it names {told} {one.split}.",
        remedy="Leave the story out on one side, or give different stories different names." if leaks else "",
        examples=[_example(one, other, *pair) for pair in pairs[:EXAMPLES]],
    )


def _example(one: Read, other: Read, earlier: int, later: int) -> Example:
    pairs = [(read, place) for read, place in ((other, later), (one, earlier)) if read.counts[place]]
    rows = [(read, int(read.first[place])) for read, place in pairs]
    sides = tuple(Side(read.where(row), read.captions[row]) for read, row in rows)
    title = other.titles[later]
    return Example(f"{other.where_story(later)} = {one.where_story(earlier)}" + (f": {title}" if title else ""), sides)
