"""Two tellers on the same windows: sums in the same draws of stories, and what their difference may be said to be."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fabula.metrics.bootstrap import interval, totals
from fabula.metrics.measure import Better, Sums
from fabula.metrics.told import Column

Verdict = Literal["better", "worse"]


def drawn(columns: Mapping[str, Column], names: Sequence[str], stories: NDArray[Any], *, seed: int) -> dict[str, Sums]:
    """Of the named columns (N,): (1 + R,), the sum over all windows, then in every draw of stories.

    The draws follow from the seed and the number of stories, so that they are the same for all who told these windows.
    With one story there are none, and R is 0.
    """
    if not names:
        return {}
    table = np.stack([columns[name] for name in names], 1)
    draws = totals(table, stories, seed=seed)
    sums = table.sum(0)[None] if draws is None else np.concatenate([table.sum(0)[None], draws])
    return dict(zip(names, sums.T, strict=True))


def stated(differences: Sums) -> dict[str, float] | None:
    """Of (1 + R,) as above: `value`, and its 95 % interval `low`, `high` where there are draws.

    None where a number is not finite.
    """
    found = {"value": float(differences[0])} | (interval(differences[1:]) if len(differences) > 1 else {})
    return found if all(map(math.isfinite, found.values())) else None


def leaves_zero_out(better: Better | None, between: tuple[float, float] | None) -> Verdict | None:
    """What an interval says of a measure; None where it holds zero, or there is none, or the measure no better side."""
    if better is None or between is None or between[0] <= 0 <= between[1]:
        return None
    return "better" if (between[1] < 0) == (better == "lower") else "worse"
