"""A measure: columns that add up over windows, and the value that follows from their sums.

An average, a ratio, a perplexity and a corpus BLEU are all of this form. So one matrix product with the
counts of a bootstrap gives the intervals of all of them, and nothing but the columns need be kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Regime = Literal["teacher-forced", "free-running", "n.a."]
Better = Literal["lower", "higher"]
Sums = NDArray[np.float64]

WINDOWS = "windows"  # the column of ones


@dataclass(frozen=True)
class Measure:
    """`finish` takes the summed columns that `reads` names, each of any equal shape, and gives values of that shape."""

    regime: Regime
    better: Better | None  # None: neither, it describes
    means: str  # one sentence for people
    reads: tuple[str, ...]
    finish: Callable[..., Sums]
    by_window: bool = True  # whether its value of one window alone says something

    def value(self, sums: Mapping[str, Sums]) -> Sums:
        """The value from summed columns; NaN where there was nothing to divide by."""
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            return self.finish(*(sums[column] for column in self.reads))


def ratio(above: Sums, below: Sums) -> Sums:
    """The plain quotient: a mean where `below` counts windows. 0/0 is NaN: there was nothing to measure."""
    return above / below


def mean_of(column: str, better: Better | None, means: str, regime: Regime = "n.a.") -> Measure:
    """The mean of a column over windows."""
    return Measure(regime, better, means, (column, WINDOWS), ratio)
