"""How rare every sequence of words is among the true captions of a split: what tf-idf weighs words by."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from fabula.metrics.words import ngrams, words

ORDERS = (1, 2, 3, 4)  # words of an n-gram

Grams = Mapping[tuple[str, ...], float]


class Weighed(NamedTuple):
    """A text as four vectors over n-grams, one for each order, with their Euclidean lengths."""

    weights: list[Grams]
    norms: list[float]
    words: int


@dataclass(frozen=True)
class Documents:
    """`count` captions, and in how many of them an n-gram stands; those of a single caption are left out."""

    count: int
    frequencies: Mapping[tuple[str, ...], int]

    def weigh(self, text: str) -> Weighed:
        """tf-idf: how often an n-gram stands in the text, times ln(count / captions that hold it).

        One that no caption holds counts as if one did (Vedantam et al. 2015, their program).
        """
        said = words(text)
        weights = [self._weighed(Counter(ngrams(said, order))) for order in ORDERS]
        return Weighed(weights, [math.hypot(*grams.values()) for grams in weights], len(said))

    def _weighed(self, times: Counter[tuple[str, ...]]) -> Grams:
        most, known = math.log(max(self.count, 1)), self.frequencies
        return {gram: often * (most - math.log(known.get(gram, 1))) for gram, often in times.items()}


def documents_of(captions: Sequence[str]) -> Documents:
    """The n-grams of up to four words of these captions, each counted once a caption.

    Time and memory grow with the words of all captions, a dictionary entry for each n-gram that is new.
    """
    frequencies: Counter[tuple[str, ...]] = Counter()
    for said in map(words, captions):
        frequencies.update({gram for order in ORDERS for gram in ngrams(said, order)})
    return Documents(len(captions), {gram: often for gram, often in frequencies.items() if often > 1})
