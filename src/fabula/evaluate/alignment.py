"""Cross-modal similarity: do a told picture and its told caption belong together, in the model's own encoders?

The cosine lies in [-1, 1]. It has a meaning only beside its value for true pairs, and for pictures of one story with
captions of another: encoders that map everything to one place give 1 for all three.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabula.metrics.bootstrap import ratio
from fabula.story import Frame

Vectors = NDArray[np.float64]  # (N, D), of length 1
Encode = Callable[[Sequence[Frame]], tuple[Vectors, Vectors]]  # of the pictures and of the captions


def cross_modal(
    encode: Encode,
    truths: Sequence[Frame],
    told: Sequence[Frame] | None,
    other: NDArray[np.int64],
    stories: NDArray[np.int64],
) -> dict[str, Any]:
    """`true`, `shuffled`, and `told` where the model tells both: each `{"value", "low", "high", "n"}` over windows.

    `other` (N,) gives for every window one of another story, whose caption stands in the shuffled pair.
    """
    pictures, captions = encode(truths)
    found = {"true": _mean(_cosines(pictures, captions), stories)}
    found["shuffled"] = _mean(_cosines(pictures, captions[other]), stories)
    return found if told is None else {"told": _mean(_cosines(*encode(told)), stories), **found}


def _cosines(pictures: Vectors, captions: Vectors) -> NDArray[np.float64]:
    return (pictures * captions).sum(1)


def _mean(values: NDArray[np.float64], stories: NDArray[np.int64]) -> dict[str, Any]:
    return ratio(values, np.ones(len(values)), stories)
