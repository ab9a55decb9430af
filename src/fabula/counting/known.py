"""How often a history was met: where counts know much they can be trusted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fabula.counting.ngram import Floats, Ids, pack
from fabula.types import Vocabulary


@dataclass(frozen=True)
class Known:
    """For the last 1 token and the last 2: the histories that were met, sorted, and how often."""

    tables: tuple[tuple[Ids, Floats], ...]  # (C,) packed tokens, (C,) log(1 + count)
    vocabulary: Vocabulary

    @classmethod
    def fit(cls, histories: Ids, vocabulary: Vocabulary) -> Known:
        """From all histories (M, 2) that were met."""
        met = (np.unique(pack(histories[:, -n:], vocabulary.size), return_counts=True) for n in (1, 2))
        return cls(tuple((which, np.log1p(count)) for which, count in met), vocabulary)

    def of(self, histories: Ids) -> Floats:
        """(M, 2) tokens before -> (M, 2): log(1 + count) of the last 1 and of the last 2; 0 where never met."""
        return np.stack([self._of(histories, n) for n in (1, 2)], 1)

    def _of(self, histories: Ids, n: int) -> Floats:
        which, counts = self.tables[n - 1]
        if not len(which):
            return np.zeros(len(histories))
        wanted = pack(histories[:, -n:], self.vocabulary.size)
        place = np.minimum(np.searchsorted(which, wanted), len(which) - 1)
        return np.where(which[place] == wanted, counts[place], 0.0)
