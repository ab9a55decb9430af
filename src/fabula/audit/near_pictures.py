"""Pictures of one split that are pictures of another, saved again, shrunk, brightened or mirrored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from fabula.audit.bands import near_pairs
from fabula.audit.finding import EXAMPLES, Example, Finding, Side
from fabula.audit.looks import apart
from fabula.audit.read import Gallery, Read

BITS = 11  # in which the hashes of two copies may differ; see docs/audit.md for what was measured
APART = 1.2  # standard deviations by which no cell of two copies differs
CHUNK = 1 << 12  # pairs whose thumbnails are compared at once


class Twins(NamedTuple):
    """For each picture of the later split that has a twin, the nearest picture of the earlier one."""

    earlier: np.ndarray  # (T,) rows
    later: np.ndarray  # (T,) rows
    apart: np.ndarray  # (T,)


def near_pictures(one: Read, other: Read) -> Iterator[Finding]:
    """Leaks: pictures of the later split that nearly equal one of the earlier, as they are or as a mirror shows them.

    Blank pages are left out.
    """
    found = twins(one.seen, other.seen)
    about = f"They nearly equal a picture of {one.split}: who has seen that one knows the answer."
    yield _finding("near-identical pictures", one, other, found, about)
    turned = twins(one.seen, other.mirrored)
    new = ~np.isin(turned.later, found.later)
    about = f"Mirrored, they nearly equal a picture of {one.split}: who has seen that one knows much of the answer."
    yield _finding("mirrored pictures", one, other, Twins(*(each[new] for each in turned)), about)


def _finding(name: str, one: Read, other: Read, found: Twins, about: str) -> Finding:
    order = np.argsort(found.apart, kind="stable")[:EXAMPLES]
    return Finding(
        name=name,
        severity="leak",
        splits=(one.split, other.split),
        count=len(found.later),
        of=int(other.seen.shows.sum()),
        what=f"pictures of {other.split}",
        about=about,
        remedy="Keep all stories that share a picture on one side.",
        examples=[_example(one, other, *(int(rows[at]) for rows in found[:2])) for at in order],
    )


def twins(one: Gallery, other: Gallery) -> Twins:
    """Equal pictures of a side are compared once, so a page that stands in a thousand stories costs as one."""
    (some, _), (others, members) = _distinct(one), _distinct(other)
    pairs = near_pairs(one.hashes[some], other.hashes[others], BITS)
    pairs = pairs[_may_be_near(one.cells, other.cells, some[pairs[:, 0]], others[pairs[:, 1]])]
    left, right = some[pairs[:, 0]], others[pairs[:, 1]]
    how_far = _apart(one.thumbs, other.thumbs, left, right)
    nearest = _first_of_each(pairs[:, 1], how_far)
    nearest = nearest[how_far[nearest] <= APART]
    return _for_all(members, pairs[nearest, 1], left[nearest], how_far[nearest])


def _distinct(seen: Gallery) -> tuple[np.ndarray, list[np.ndarray]]:
    """Rows of the pictures that differ, and for each of them all rows that it stands for."""
    rows = np.flatnonzero(seen.shows)
    if not len(rows):
        return rows, []
    flat = seen.thumbs[rows].reshape(len(rows), -1)
    whole = np.ascontiguousarray(flat).view(np.dtype((np.void, flat.shape[1])))[:, 0]
    _, firsts, inverse, sizes = np.unique(whole, return_index=True, return_inverse=True, return_counts=True)
    return rows[firsts], np.split(rows[np.argsort(inverse, kind="stable")], sizes.cumsum()[:-1])


def _may_be_near(some: np.ndarray, others: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Which pairs are not too far apart by a few cells already: most that have like hashes by chance are."""
    chunks = [slice(start, start + CHUNK) for start in range(0, len(left), CHUNK)]
    far = [np.abs(some[left[each]] - others[right[each]]).max(1, initial=0.0) for each in chunks]
    return np.concatenate([np.empty(0), *far]) <= APART


def _apart(some: np.ndarray, others: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    chunks = [slice(start, start + CHUNK) for start in range(0, len(left), CHUNK)]
    return np.concatenate([np.empty(0), *(apart(some[left[each]], others[right[each]]) for each in chunks)])


def _first_of_each(keys: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Where each key has its smallest value."""
    order = np.lexsort((values, keys))
    return order[np.unique(keys[order], return_index=True)[1]]


def _for_all(members: list[np.ndarray], later: np.ndarray, earlier: np.ndarray, how_far: np.ndarray) -> Twins:
    rows = [members[at] for at in later]
    sizes = [len(each) for each in rows]
    none = np.empty(0, np.int64)
    return Twins(np.repeat(earlier, sizes), np.concatenate([none, *rows]), np.repeat(how_far, sizes))


def _example(one: Read, other: Read, earlier: int, later: int) -> Example:
    sides = tuple(Side(read.where(row), read.captions[row]) for read, row in ((other, later), (one, earlier)))
    return Example(f"{sides[0].where} = {sides[1].where}", sides)
