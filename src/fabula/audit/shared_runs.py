"""Runs of eight words that stand in two splits: captions told again, which leak, and phrases, which are style."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from fabula.audit.finding import EXAMPLES, Example, Finding, Side
from fabula.audit.read import Read
from fabula.audit.words import Lexicon, Runs, runs, shared_stretches, words

MOST_OWNERS = 10  # captions of one split: a run that stands in more is a formula, and no evidence of copying
SHARED = 0.5  # of a caption's runs that one caption of the other split has as well
FEWEST = 20  # shared runs, at least 27 words: a sentence may come twice by itself, a paragraph does not


class Shared(NamedTuple):
    """What the captions of the later split, C, have in common with those of the earlier one."""

    total: np.ndarray  # (C,) different runs of each caption
    known: np.ndarray  # (C,) those that stand anywhere in the earlier split
    best: np.ndarray  # (C,) the caption of the earlier split that has most of them, formulas left out; -1: none
    common: np.ndarray  # (C,) how many it has


def shared_runs(one: Read, other: Read) -> Iterator[Finding]:
    """Leak: captions that share at least half of their runs, and 20 of them, with one caption of the other split.

    Note: captions with any shared run.
    """
    found = shared(one.captions, other.captions)
    equal = _equal(one, other, found)
    retold = (found.common >= FEWEST) & (found.common >= SHARED * found.total) & ~equal
    yield Finding(
        name="retold captions",
        severity="leak",
        splits=(one.split, other.split),
        count=int(retold.sum()),
        of=len(other.captions),
        what=f"captions of {other.split}",
        about=f"Most of their runs of eight words stand in a single caption of {one.split}.",
        remedy="Keep both stories on one side, or leave one out.",
        examples=[_example(one, other, found, row) for row in _best_first(retold, found.common)],
    )
    phrased = (found.known > 0) & ~retold & ~equal
    stories = len(np.unique(other.story[phrased]))
    yield Finding(
        name="shared phrases",
        severity="note",
        splits=(one.split, other.split),
        count=int(phrased.sum()),
        of=len(other.captions),
        what=f"captions of {other.split}",
        about=f"{stories:,} of {len(other.ids):,} stories have a run of eight words that stands in {one.split}, "
        f"{found.known.sum() / max(found.total.sum(), 1):.1%} of all runs: formulas and style, no copied page.",
        examples=[_example(one, other, found, row) for row in _best_first(phrased & (found.best >= 0), found.common)],
    )


def shared(some: list[str], others: list[str]) -> Shared:
    """Time grows with the words of both sides, and with the pairs of captions that share a run (at most 10 a run)."""
    lexicon = Lexicon()
    theirs, mine = runs(some, lexicon), runs(others, lexicon)
    distinct, starts, sizes = np.unique(theirs.run, return_index=True, return_counts=True)
    at, hit = _found(distinct, mine.run)
    telling = hit & (sizes[at] <= MOST_OWNERS) if len(distinct) else hit
    best, common = _best(theirs, mine.caption[telling], starts[at[telling]], sizes[at[telling]], len(some), len(others))
    return Shared(_counts(mine.caption, others), _counts(mine.caption[hit], others), best, common)


def _found(sorted_runs: np.ndarray, asked: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where each run that is asked for stands, and whether it does."""
    if not len(sorted_runs):
        return np.zeros(len(asked), np.int64), np.zeros(len(asked), bool)
    at = np.searchsorted(sorted_runs, asked).clip(max=len(sorted_runs) - 1)
    return at, sorted_runs[at] == asked


def _counts(rows: np.ndarray, captions: list[str]) -> np.ndarray:
    return np.bincount(rows, minlength=len(captions))


def _best(
    theirs: Runs, caption: np.ndarray, starts: np.ndarray, sizes: np.ndarray, some: int, others: int
) -> tuple[np.ndarray, np.ndarray]:
    """For each caption, the one of the other side that shares most runs with it, and how many."""
    mine = np.repeat(caption, sizes)
    offset = np.arange(len(mine)) - np.repeat(sizes.cumsum() - sizes, sizes)
    their = theirs.caption[np.repeat(starts, sizes) + offset]
    pair, times = np.unique(mine * some + their, return_counts=True)
    order = np.argsort(times, kind="stable")  # the last that is written is the largest
    best, common = np.full(others, -1), np.zeros(others, np.int64)
    best[pair[order] // max(some, 1)] = pair[order] % max(some, 1)
    common[pair[order] // max(some, 1)] = times[order]
    return best, common


def _equal(one: Read, other: Read, found: Shared) -> np.ndarray:
    """Whole captions are another finding."""
    rows = np.flatnonzero(found.common == found.total)
    same = [row for row in rows if found.best[row] >= 0 and _same(one, other, found, row)]
    return np.isin(np.arange(len(found.best)), same)


def _same(one: Read, other: Read, found: Shared, row: int) -> bool:
    return words(one.captions[found.best[row]]) == words(other.captions[row])


def _best_first(chosen: np.ndarray, common: np.ndarray) -> list[int]:
    rows = np.flatnonzero(chosen)
    return rows[np.argsort(-common[rows], kind="stable")][:EXAMPLES].tolist()


def _example(one: Read, other: Read, found: Shared, row: int) -> Example:
    twin = int(found.best[row])
    mine, theirs = other.captions[row], one.captions[twin]
    sides = (
        Side(other.where(row), mine, shared_stretches(mine, theirs)),
        Side(one.where(twin), theirs, shared_stretches(theirs, mine)),
    )
    many = f"{found.common[row]} of {found.total[row]} runs"
    return Example(f"{sides[0].where} and {sides[1].where}: {many}", sides)
