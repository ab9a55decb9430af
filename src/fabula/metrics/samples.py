"""Several samples of what may come next: how good is the best, do they differ, and does the truth lie among them?

The best of M knows the truth, so that it is no storyteller's score: it says what a chooser could reach. It grows with M
by itself, so that only equal M compare.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fabula.metrics.told import Column

Scores = NDArray[np.floating]  # (N, M), a number for each of M samples of N windows
Vectors = NDArray[np.floating]  # (N, D), of length 1
NEIGHBOURS = 5  # Naeem et al. 2020, section 4, fix k = 5
TIED = 1e-5  # scores of vectors nearer than this are equal


def of_many(scores: Scores, better: Literal["lower", "higher"]) -> dict[str, Column]:
    """`best`, `mean` and `spread` (the standard deviation) of M samples, each (N,)."""
    best = scores.min(1) if better == "lower" else scores.max(1)
    return {"best": best.astype(np.float64), "mean": scores.mean(1, dtype=np.float64), "spread": scores.std(1)}


def distinct(samples: Sequence[Sequence[Hashable]]) -> Column:
    """N windows of M samples -> (N,): how many of them differ, 1 where all are the same, M where no two are."""
    return np.array([len(set(each)) for each in samples], np.float64)


def picture_errors(samples: NDArray[np.uint8], true: NDArray[np.uint8]) -> Scores:
    """(N, M, H, W, 3) and (N, H, W, 3), 0 to 255 -> (N, M): mean absolute errors in [0, 1]."""
    return np.stack([_mae(each, true) for each in samples.swapaxes(0, 1)], 1)


def similarities(samples: Vectors, true: Vectors) -> Scores:
    """(N, M, D) and (N, D), of length 1 -> (N, M): cosines."""
    return np.einsum("nmd,nd->nm", samples, true, dtype=np.float64)


def diversity(samples: Vectors) -> Column:
    """(N, M, D) of length 1 -> (N,): mean of 1 - cosine over pairs of samples, 0 where all are one; NaN with M < 2."""
    count = samples.shape[1]
    together = np.square(samples.sum(1, dtype=np.float64)).sum(1)  # the sum of all cosines, each with itself too
    own = np.square(samples).sum((1, 2), dtype=np.float64)
    with np.errstate(invalid="ignore"):
        return np.maximum(1 - (together - own) / np.float64(count * (count - 1)), 0)


def picture_diversity(samples: NDArray[np.uint8]) -> Column:
    """(N, M, H, W, 3) -> (N,): mean absolute difference in [0, 1] over pairs of samples; NaN with M < 2."""
    count = samples.shape[1]
    pairs = [_mae(samples[:, left], samples[:, right]) for left in range(count) for right in range(left)]
    return np.mean(pairs, axis=0) if pairs else np.full(len(samples), np.nan)


def _mae(told: NDArray[np.uint8], true: NDArray[np.uint8]) -> Column:
    """(N, H, W, 3) twice -> (N,)."""
    return np.abs(told.astype(np.float32) - true).mean((1, 2, 3), dtype=np.float64) / 255


def coverage(samples: Vectors, true: Vectors, reach: Column) -> Column:
    """(N, M, D), (N, D) and `reach` (N,) -> (N,) 1 where a sample of the window lies within the truth's reach.

    The coverage of Naeem et al. 2020, equation 8, asked of each context by itself: a true frame is covered where one
    of the samples *of its own window* lies nearer to it than its k-th nearest other true frame. With the samples of
    other windows in their place it says what the same samples reach without the context: give both. NaN where the
    reach is.
    """
    nearest = _apart(similarities(samples, true)).min(1)
    return np.where(np.isnan(reach), np.nan, nearest <= reach + TIED)


def reaches(true: Vectors, candidates: Vectors, *, neighbours: int = NEIGHBOURS) -> Column:
    """(N, D) and all true frames (M, D), these among them -> (N,): the distance of the k-th nearest of the others.

    NaN where there are fewer than k others. Costs N x M x D.
    """
    if len(candidates) <= neighbours:
        return np.full(len(true), np.nan)
    cosines = true.astype(np.float64) @ candidates.astype(np.float64).T
    nearest = _apart(np.partition(cosines, -neighbours - 1, axis=1)[:, -neighbours - 1 :])
    return np.asarray(nearest.max(1), np.float64)


def _apart(cosines: Scores) -> Scores:
    """Distances of unit vectors from their cosines; what is equal but for rounding is at 0."""
    return np.sqrt(np.where(cosines > 1 - TIED, 0, 2 - 2 * cosines))


def rank_of_chosen(scores: Scores, chosen: NDArray[np.integer], better: Literal["lower", "higher"]) -> Column:
    """(N, M) and which sample (N,) was chosen -> (N,): its rank from 1, ties at their mean; chance is (M + 1) / 2."""
    signed = np.asarray(scores, np.float64) * (1 if better == "higher" else -1)
    ahead = signed - signed[np.arange(len(chosen)), chosen][:, None]
    return (ahead > TIED).sum(1) + ((np.abs(ahead) <= TIED).sum(1) + 1) / 2
