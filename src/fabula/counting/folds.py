"""Which share of the counted stories a window is of, so that it can be scored by counts that never saw its story.

Who learns from a story by whose words others counted believes these counts too much: they know the answer. So the
stories are dealt into folds, and a window is scored by the counts of all folds but its own (cross-fitting; Stone 1974).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fabula.counting.ngram import Ids
from fabula.counting.stream import Stories
from fabula.types import Vocabulary

FOLDS = 8
FACTOR = np.uint64(0x9E3779B97F4A7C15)  # odd, its bits without pattern: 2^64 divided by the golden ratio


@dataclass(frozen=True)
class Folds:
    """Captions by what they say. Stories that stand side by side, perhaps of one book, are mostly of one fold."""

    of: Ids  # (N,) the fold of every caption, in the order in which they came
    said: NDArray[np.uint64]  # (U,) the distinct captions, as sorted numbers
    fold: Ids  # (U,) of the first story that says so
    sure: NDArray[np.bool_]  # (U,) whether no story of another fold says so

    @classmethod
    def deal(cls, stories: Stories, vocabulary: Vocabulary) -> Folds:
        """About as many tokens to each fold; a story is never parted."""
        lengths = (stories.captions != vocabulary.pad).sum(1)
        before = lengths.cumsum() - lengths
        first = np.append(True, stories.story[1:] != stories.story[:-1])[: len(lengths)]
        of = before[first][first.cumsum() - 1] * FOLDS // max(1, lengths.sum())
        said, where, which = np.unique(number(stories.captions, vocabulary), return_index=True, return_inverse=True)
        sure = np.ones(len(said), bool)
        sure[which[of != of[where][which]]] = False
        return cls(of, said, of[where], sure)

    def find(self, windows: Ids, vocabulary: Vocabulary) -> Ids:
        """(B, K, L) captions of B stories -> (B,): the fold of each, -1 where not one of its captions was counted.

        A caption that only one fold has says most: one told in other words, or one that all stories have, does not
        hide where the window is from.
        """
        if not len(self.said):
            return np.full(len(windows), -1)
        wanted = number(windows, vocabulary)  # (B, K)
        place = np.minimum(np.searchsorted(self.said, wanted), len(self.said) - 1)
        trust = np.where(self.said[place] == wanted, 1 + self.sure[place], 0)
        rows, best = np.arange(len(windows)), trust.argmax(1)
        return np.where(trust[rows, best] > 0, self.fold[place[rows, best]], -1)


def number(captions: Ids, vocabulary: Vocabulary) -> NDArray[np.uint64]:
    """(..., L) -> (...): a number of 64 bits for what a caption says, however much padding follows."""
    powers = np.cumprod(np.full(captions.shape[-1], FACTOR))
    words = np.where(captions == vocabulary.pad, 0, captions + 1).astype(np.uint64)
    return (words * powers).sum(-1, dtype=np.uint64)
