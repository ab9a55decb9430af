"""Whole captions that stand in two splits, compared by their words."""

from __future__ import annotations

from collections.abc import Iterator

from fabula.audit.finding import EXAMPLES, Example, Finding, Side
from fabula.audit.read import Read
from fabula.audit.words import words

FEWEST = 8  # words: "The end." may stand in every story
PARAGRAPH = 27  # words: a shorter caption may come twice by itself, a paragraph does not
FEW = 0.01  # of the captions: so many short ones do not come twice by themselves


def same_captions(one: Read, other: Read) -> Iterator[Finding]:
    """Leak: captions of at least eight words that stand in both splits, whatever their typesetting.

    A note where all of them are short and they are few.
    """
    known = _first_rows(one)
    pairs = [(known[key], row) for row, key in enumerate(map(_key, other.captions)) if key in known]
    longest = max((len(words(other.captions[row])) for _, row in pairs), default=0)
    leaks = not pairs or longest >= PARAGRAPH or len(pairs) > FEW * len(other.captions)
    yield Finding(
        name="repeated captions",
        severity="leak" if leaks else "note",
        splits=(one.split, other.split),
        count=len(pairs),
        of=len(other.captions),
        what=f"captions of {other.split}",
        about=f"Captions of at least {FEWEST} words that stand in {one.split}, word for word."
        + ("" if leaks else f" Few, and of fewer than {PARAGRAPH} words: that comes about by itself."),
        remedy="Keep both stories on one side, or leave one out." if leaks else "",
        examples=[_example(one, other, *pair) for pair in pairs[:EXAMPLES]],
    )


def _key(caption: str) -> tuple[str, ...]:
    said = words(caption)
    return tuple(said) if len(said) >= FEWEST else ()


def _first_rows(read: Read) -> dict[tuple[str, ...], int]:
    known: dict[tuple[str, ...], int] = {}
    for row, caption in enumerate(read.captions):
        if key := _key(caption):
            known.setdefault(key, row)
    return known


def _example(one: Read, other: Read, earlier: int, later: int) -> Example:
    pairs = ((other, later), (one, earlier))
    sides = tuple(Side(read.where(row), read.captions[row], ((0, len(read.captions[row])),)) for read, row in pairs)
    return Example(f"{sides[0].where} = {sides[1].where}: {sides[0].caption[:80]}", sides)
