"""CIDEr-D: told caption against true caption, rare words and phrases counting more than those that stand everywhere."""

from __future__ import annotations

import math

import numpy as np

from fabula.metrics.documents import ORDERS, Grams, Weighed
from fabula.metrics.measure import mean_of
from fabula.metrics.told import Column, Told

CIDER = "caption.cider_d"
SIGMA = 6.0  # words by which two captions may differ in length before it costs much
TEN = 10.0

MEASURES = {
    CIDER: mean_of(
        CIDER,
        "higher",
        "CIDEr-D: likeness of word sequences weighed by how rare they are in the split, mean over windows, 0 to 10.",
        "free-running",
    ),
}


def statistics(told: Told) -> dict[str, Column]:
    """The column of the measure above; none where nothing was written, or nobody knows how rare words are."""
    documents = told.known.documents
    if told.captions is None or documents is None:
        return {}
    pairs = zip(told.captions, told.known.weighed, strict=True)
    return {CIDER: np.array([cider_d(documents.weigh(caption), true) for caption, true in pairs], np.float64)}


def cider_d(told: Weighed, true: Weighed) -> float:
    """Vedantam, Zitnick & Parikh 2015 for one reference, 0 to 10: what `pycocoevalcap` computes, without stemming.

    The mean over n-grams of one to four words of the cosine of their tf-idf vectors, the told clipped to the true
    weights, times exp(-(difference in words)^2 / (2 sigma^2)), times ten. An order without weight in one of the two
    counts 0.
    """
    near = math.exp(-((told.words - true.words) ** 2) / (2 * SIGMA**2))
    cosines = map(_clipped, told.weights, true.weights, told.norms, true.norms)
    return TEN * near * sum(cosines) / len(ORDERS)


def _clipped(told: Grams, true: Grams, length: float, true_length: float) -> float:
    if not length or not true_length:
        return 0.0
    common = sum(min(weight, true[gram]) * true[gram] for gram, weight in told.items() if gram in true)
    return common / length / true_length
