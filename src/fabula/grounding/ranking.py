"""Average precision: what a model's own certainty is worth."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def average_precision(right: NDArray[np.bool_], scores: NDArray[np.float64], true: int) -> float:
    """The area under precision over recall, 0 to 1, as the boxes come in by falling score. (N,), (N,).

    At each recall counts the best precision at this or any higher one, over all points (Everingham et al. 2015,
    VOC from 2010 on). Boxes of one score come in together, so the order in the file never matters. NaN without a true
    box.
    """
    if not true:
        return float("nan")
    if not len(right):
        return 0.0
    order = np.argsort(-scores, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))  # the last box of each score
    found = np.cumsum(right[order])[ends]
    precision = np.maximum.accumulate((found / (ends + 1))[::-1])[::-1]
    return float(np.sum(np.diff(found / true, prepend=0.0) * precision))
