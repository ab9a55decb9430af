"""What is taken for what: of each world question, how often which answer was told where which was true.

Counted from the columns that the questions leave behind, so nothing is read for it: O(N) a question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabula.metrics.answers import ANSWERS
from fabula.metrics.questions import right, times, told_one, true_one
from fabula.metrics.told import Column

Counts = NDArray[np.float64]  # (A, A) rows true, columns told


def confusions(columns: Mapping[str, Sequence[Column]]) -> dict[str, dict[str, Any]]:
    """Question -> `windows`: how many were asked; `answers`: A of them; `counts`: A rows true of A columns told.

    `columns` are those of a teller's `Scores`. Only answers that are true or told somewhere are listed. Rows sum to the
    windows in which an answer is true, and the diagonal over all windows is the measure of the same name. A picture
    that is as near to several renders counts in parts, as its point does. What nobody was asked is left out.
    """
    asked = {name: np.concatenate(columns[times(name)]) for name in ANSWERS if times(name) in columns}
    return {name: _confusion(name, columns) for name, column in asked.items() if column.any()}


def _confusion(name: str, columns: Mapping[str, Sequence[Column]]) -> dict[str, Any]:
    counts = _counts(name, columns)
    there = np.flatnonzero(counts.sum(0) + counts.sum(1))
    every = [ANSWERS[name][place] for place in there]
    return {"windows": round(counts.sum()), "answers": every, "counts": _plain(counts[np.ix_(there, there)])}


def _counts(name: str, columns: Mapping[str, Sequence[Column]]) -> Counts:
    names = (right(name), times(name), true_one(name), told_one(name))
    points, asked, true, told = (np.concatenate(columns[column]) for column in names)
    counts, (true, told) = np.zeros((len(ANSWERS[name]),) * 2), (true.astype(int), told.astype(int))
    np.add.at(counts, (true, true), points)
    np.add.at(counts, (true, told), asked - points)
    return counts


def _plain(counts: Counts) -> list[list[float]]:
    """Whole numbers where they are whole."""
    return [[int(count) if count == int(count) else round(float(count), 3) for count in row] for row in counts]
