"""Do a told picture and a told caption belong together? Their cosine in the scorer's space, between two marks.

True pairs and true pictures with another story's captions are measured by the same vectors: the share of the way from
shuffled to true is what compares, the cosine by itself is of the space.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fabula.metrics.measure import Measure, Sums, ratio
from fabula.metrics.told import Column

Vectors = NDArray[np.floating]  # (N, D), of length 1
TOLD, TRUE, SHUFFLED, ASKED = (f"agreement.{name}" for name in ("told", "true", "shuffled", "asked"))


def _share(told: Sums, true: Sums, shuffled: Sums) -> Sums:
    return (told - shuffled) / (true - shuffled)


MEASURES = {
    TOLD: Measure(
        "free-running", "higher", "Cosine of told picture and told caption.", (TOLD, ASKED), ratio, by_window=False
    ),
    TRUE: Measure("n.a.", None, "The same of the true pairs.", (TRUE, ASKED), ratio, by_window=False),
    SHUFFLED: Measure(
        "n.a.", None, "True pictures with other stories' captions.", (SHUFFLED, ASKED), ratio, by_window=False
    ),
    "agreement.share": Measure(
        "free-running",
        "higher",
        "How far told pairs agree, where shuffled pairs are 0 and true pairs are 1.",
        (TOLD, TRUE, SHUFFLED),
        _share,
        by_window=False,
    ),
}


def columns(
    told: tuple[Vectors, Vectors], true: tuple[Vectors, Vectors], other: Vectors, asked: NDArray[np.bool_]
) -> dict[str, Column]:
    """Pictures and captions told, and true, (N, D) each; `other` (N, D): captions of frames of other stories.

    Rows that are not `asked` (N,) may hold anything.
    """
    pairs = {TOLD: told, TRUE: true, SHUFFLED: (true[0], other)}
    cosines = {name: np.einsum("nd,nd->n", *pair, dtype=np.float64) for name, pair in pairs.items()}
    return {name: np.where(asked, cosine, 0.0) for name, cosine in cosines.items()} | {ASKED: asked.astype(np.float64)}


def of_another_story(stories: NDArray[np.integer], *, seed: int = 0) -> NDArray[np.int64]:
    """(N,) the story of every frame -> (N,): for each a frame of another story, every frame taken once.

    Where one story holds more than half of the frames, some of its frames stay within it: there are too few others.
    """
    dice = np.random.default_rng(seed)
    names, places = np.unique(stories, return_inverse=True)
    order = np.lexsort((dice.random(len(stories)), dice.permutation(len(names))[places]))  # whole stories, in turn
    most = np.bincount(places).max(initial=0)  # so many further on is another story
    other = np.empty(len(stories), np.int64)
    other[order] = np.roll(order, -most)
    return other
