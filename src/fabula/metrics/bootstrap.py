"""Intervals by drawing whole stories with replacement: windows of one story overlap and are not independent."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

DRAWS = 1000
MOST_CELLS = 4_000_000  # of the matrix of counts that is held at a time


def totals(columns: NDArray[np.float64], groups: NDArray[Any], *, seed: int, draws: int = DRAWS) -> Any:
    """(N, C) columns and the group of every row (N,) -> (draws, C): their sums, groups drawn with replacement.

    None where there are fewer than two groups: nothing can be said of the spread between them.
    """
    sums = by_group(columns, groups)
    if len(sums) < 2:
        return None
    dice = np.random.default_rng(seed)
    most = max(1, MOST_CELLS // len(sums))
    sizes = [min(most, draws - done) for done in range(0, draws, most)]
    even = np.full(len(sums), 1 / len(sums))
    return np.concatenate([dice.multinomial(len(sums), even, size=size) @ sums for size in sizes])


def by_group(columns: NDArray[np.float64], groups: NDArray[Any]) -> NDArray[np.float64]:
    """(N, C) columns and the group of every row (N,) -> (G, C): their sums, in the order of the groups' names."""
    names, places = np.unique(groups, return_inverse=True)
    sums = np.zeros((len(names), columns.shape[1]))
    np.add.at(sums, places, columns)
    return sums


def ratio(above: NDArray[np.float64], below: NDArray[np.float64], groups: NDArray[Any]) -> dict[str, Any]:
    """Of rows (N,): sum over sum, `{"value", "low", "high", "n"}`; without an interval where there is but one group."""
    drawn = totals(np.stack([above, below], 1), groups, seed=0)
    value = {"value": float(above.sum() / max(below.sum(), 1))}
    if drawn is not None:
        value |= interval(drawn[:, 0] / np.maximum(drawn[:, 1], 1))
    return {**value, "n": len(above)}


def interval(values: NDArray[np.float64], share: float = 0.95) -> dict[str, float]:
    """The middle `share` of the drawn values (Efron's percentile interval); NaN draws are left out."""
    known = values[np.isfinite(values)]
    if not len(known):
        return {"low": float("nan"), "high": float("nan")}
    low, high = np.quantile(known, [(1 - share) / 2, (1 + share) / 2])
    return {"low": float(low), "high": float(high)}
