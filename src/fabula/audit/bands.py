"""Pairs of 64-bit hashes that differ in few bits, without comparing every hash with every other.

A hash is four bands of 16 bits. Where two hashes differ in at most d bits, some band differs in at most d // 4 of
them (the pigeonhole principle; multi-index hashing, Norouzi et al. 2012). So the hashes of one side lie in 65,536
buckets for each band, and each hash of the other side looks into the buckets within d // 4 bits of its own.

Cost: for d = 11 each hash looks into 4 x 137 buckets. Of evenly spread hashes these hold one in 120, and each one
that is met costs a count of bits. Hashes that crowd cost more; only if all were equal would every pair be met.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

BANDS, BITS = 4, 16
MOST = 1 << 21  # pairs that are in memory at once


def near_pairs(some: np.ndarray, others: np.ndarray, distance: int) -> np.ndarray:
    """All pairs (i, j) with at most `distance` bits between some[i] and others[j]: (P, 2) int64, in order.

    Both are (N,) and (M,) uint64.
    """
    if len(some) < len(others):  # the longer side lies in buckets, the shorter one asks
        return _in_order(near_pairs(others, some, distance)[:, ::-1])
    found = [pairs for band in range(BANDS) for pairs in _in_band(some, others, band, distance)]
    return _in_order(np.unique(np.concatenate([np.empty((0, 2), np.int64), *found]), axis=0))


def _in_order(pairs: np.ndarray) -> np.ndarray:
    return pairs[np.lexsort(pairs.T[::-1])]


def _in_band(some: np.ndarray, others: np.ndarray, band: int, distance: int) -> Iterator[np.ndarray]:
    keys, asked = _band(some, band), _band(others, band)
    order = np.argsort(keys, kind="stable")
    ends = np.bincount(keys, minlength=1 << BITS).cumsum()
    starts = np.concatenate([[0], ends[:-1]])
    flips = _flips(distance // BANDS)
    step = max(1, MOST // len(flips))
    for first in range(0, len(asked), step):
        bucket = (asked[first : first + step, None] ^ flips).ravel()
        full = np.flatnonzero(starts[bucket] < ends[bucket])
        for row, right in _members(starts[bucket[full]], ends[bucket[full]]):
            pairs = np.stack([order[right], first + full[row] // len(flips)], 1)
            yield pairs[np.bitwise_count(some[pairs[:, 0]] ^ others[pairs[:, 1]]) <= distance]


def _band(hashes: np.ndarray, band: int) -> np.ndarray:
    return ((hashes >> np.uint64(BITS * band)) & np.uint64((1 << BITS) - 1)).astype(np.int64)


def _flips(most: int) -> np.ndarray:
    """All ways to change at most so many of a band's bits, as masks."""
    masks = [sum(1 << bit for bit in bits) for n in range(most + 1) for bits in combinations(range(BITS), n)]
    return np.array(masks, np.int64)


def _members(starts: np.ndarray, ends: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Row i with every place from starts[i] to ends[i], a few millions at a time."""
    sizes = ends - starts
    chunk = sizes.cumsum() // MOST
    for rows in np.split(np.arange(len(sizes)), np.flatnonzero(np.diff(chunk)) + 1):
        left = np.repeat(rows, sizes[rows])
        before = np.repeat(sizes[rows].cumsum() - sizes[rows], sizes[rows])
        yield left, starts[left] + np.arange(len(left)) - before
