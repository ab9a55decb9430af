"""What told captions look like by themselves, free-running: length, repetition within a caption, variety over all."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from fabula.metrics.measure import Measure, mean_of, ratio
from fabula.metrics.told import Column, Told
from fabula.metrics.words import ngrams

REPEATED = 3  # words of an n-gram whose return counts as repetition

MEASURES = {
    "caption.repetition": Measure(
        "free-running",
        None,
        "Share of three-word sequences that stood in the same caption before; compare with the truth's.",
        ("caption.repeats", "caption.trigrams"),
        ratio,
    ),
    "caption.length": mean_of("caption.told_words", None, "Whitespace words of a told caption.", "free-running"),
    "caption.length_ratio": Measure(
        "free-running",
        None,
        "Words of all told captions over those of the true ones, which are counted whole.",
        ("caption.told_words", "caption.true_words"),
        ratio,
    ),
}


def statistics(told: Told) -> dict[str, Column]:
    """The columns of the measures above; none where nothing was written."""
    if told.captions is None:
        return {}
    split = [caption.lower().split() for caption in told.captions]
    grams = [ngrams(words, REPEATED) for words in split]
    return {
        "caption.repeats": column(len(g) - len(set(g)) for g in grams),
        "caption.trigrams": column(len(g) for g in grams),
        "caption.told_words": column(len(words) for words in split),
        "caption.true_words": column(len(caption.split()) for caption in told.true_captions),
    }


def column(numbers: Iterable[int]) -> Column:
    return np.array(list(numbers), dtype=np.float64)
