"""The median of a column with its interval over stories: a function of its histogram, which does add up."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabula.metrics.bootstrap import interval, totals
from fabula.metrics.told import Column


def median(
    values: Column, asked: NDArray[np.bool_], stories: NDArray[Any], *, seed: int = 0
) -> dict[str, float | int] | None:
    """Of values (N,) where `asked` (N,): `{"value", "low", "high", "n"}`; without an interval where there is one story.

    The draws are those of every other measure with this seed. None where nothing was asked. Costs draws x N.
    """
    levels, places = np.unique(values[asked], return_inverse=True)
    if not len(levels):
        return None
    table = np.zeros((len(values), len(levels)))  # (N, U): which of the distinct values a window has
    table[np.flatnonzero(asked), places] = 1
    drawn = totals(table, stories, seed=seed)
    found = {"value": float(_medians(levels, table.sum(0)[None])[0])}
    return found | ({} if drawn is None else interval(_medians(levels, drawn))) | {"n": int(asked.sum())}


def _medians(levels: Column, counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sorted levels (U,) and how often each is there (R, U) -> (R,): halfway where half lies on either side."""
    reached = counts.cumsum(1)
    half = reached[:, -1:] / 2
    below, above = (levels[(over).argmax(1)] for over in (reached >= half, reached > half))
    return np.where(half[:, 0] > 0, (below + above) / 2, np.nan)
