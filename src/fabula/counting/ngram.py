"""An n-gram model of token ids: interpolated Kneser-Ney with three discounts (Chen & Goodman 1998, 'modified').

    p(w | u v) = (c(u v w) - D(c)) / c(u v .) + backoff(u v) p(w | v)

Below the highest order, a count is the number of different tokens seen before the n-gram; n-grams that start at the
beginning of a caption have nothing before them and keep their plain counts (as in KenLM, Heafield et al. 2013). Below
the unigrams stands the uniform distribution over all tokens that can be predicted, so nothing is impossible.
An n-gram is one whole number, its tokens as digits; counts are sorted arrays of such numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fabula.errors import FabulaError
from fabula.types import Vocabulary

Ids = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Level:
    """The n-grams of one order. Sorted, so that all words after one context stand together."""

    grams: Ids  # (G,)
    shares: Floats  # (G,) discounted count over the context's total
    contexts: Ids  # (C,) the distinct first n - 1 tokens
    backoff: Floats  # (C,) what the discounts left over


@dataclass(frozen=True)
class NGram:
    """`levels[n - 1]` holds order n; without levels it knows nothing, and every token is as likely."""

    levels: tuple[Level, ...]
    vocabulary: Vocabulary

    @classmethod
    def fit(cls, captions: Ids, vocabulary: Vocabulary, order: int = 3) -> NGram:
        """From (N, L) ids: words, end token, padding."""
        if vocabulary.size**order >= 2**63:
            raise FabulaError(f"{order}-grams of {vocabulary.size} tokens do not fit 64 bits; use fewer tokens")
        histories, words = events(captions, vocabulary, order)
        if not len(words):
            raise FabulaError("n-grams: there are no captions to learn n-grams from; is the train split empty?")
        grams = pack(np.concatenate([histories, words[:, None]], 1), vocabulary.size)
        levels = [_level(*pair, vocabulary.size) for pair in _counts(grams, vocabulary, order)]
        return cls(tuple(levels), vocabulary)

    @property
    def order(self) -> int:
        return len(self.levels)

    def probability(self, histories: Ids, words: Ids) -> Floats:
        """(M, order - 1) tokens before, (M,) tokens -> (M,)."""
        size = self.vocabulary.size
        found = self._uniform()[words]
        for n, level in enumerate(self.levels, start=1):
            context = pack(histories[:, self.order - n :], size)
            place, known = _find(level.grams, context * size + words)
            above, seen = _find(level.contexts, context)
            share = np.where(known, level.shares[place], 0.0)
            found = share + np.where(seen, level.backoff[above], 1.0) * found
        return found

    def distribution(self, histories: Ids, kind: type = np.float64) -> NDArray:
        """(N, order - 1) tokens before -> (N, V) numbers of this kind: rows that sum to one."""
        size = self.vocabulary.size
        left, seen = np.ones(len(histories)), []  # what the higher orders leave to those below
        for n in range(self.order, 1, -1):
            level, context = self.levels[n - 1], pack(histories[:, self.order - n :], size)
            above, known = _find(level.contexts, context)
            first, last = (np.searchsorted(level.grams, (context + more) * size) for more in (0, 1))
            row, place = _ranges(first, last)
            seen.append((row, level.grams[place] % size, level.shares[place] * left[row]))
            left = left * np.where(known, level.backoff[above], 1.0)
        found = left.astype(kind)[:, None] * self._unigrams.astype(kind)
        for row, words, shares in seen:
            found[row, words] += shares.astype(kind)
        return found

    @cached_property
    def _unigrams(self) -> Floats:
        """(V,): what every distribution backs off to."""
        found = self._uniform()
        for level in self.levels[:1]:
            found *= level.backoff[0]
            found[level.grams] += level.shares
        return found

    def _uniform(self) -> Floats:
        """(V,): all tokens that can be predicted, which padding and begin never are."""
        even = np.ones(self.vocabulary.size)
        even[[self.vocabulary.pad, self.vocabulary.begin]] = 0
        even[self.vocabulary.end] = 1  # some vocabularies begin and end with one token
        return even / even.sum()

    def arrays(self) -> dict[str, NDArray]:
        """All that it learned, by name: what is written to disk."""
        return {f"{n}.{name}": array for n, level in enumerate(self.levels, 1) for name, array in vars(level).items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray], vocabulary: Vocabulary) -> NGram:
        orders = sorted({int(name.split(".")[0]) for name in arrays})
        names = Level.__dataclass_fields__
        return cls(tuple(Level(**{name: arrays[f"{n}.{name}"] for name in names}) for n in orders), vocabulary)


def events(captions: Ids, vocabulary: Vocabulary, order: int) -> tuple[Ids, Ids]:
    """(N, L) ids -> what is predicted, (M,), and the order - 1 tokens before it, (M, order - 1); begin stands in front.

    In the order of the captions, the end token last in each, padding left out.
    """
    before = np.full((len(captions), order - 1), vocabulary.begin, np.int64)
    padded = np.concatenate([before, captions], 1)
    real = captions != vocabulary.pad
    length = captions.shape[1]
    histories = [padded[:, i : i + length][real] for i in range(order - 1)]
    return np.stack(histories, 1) if histories else np.empty((real.sum(), 0), np.int64), captions[real]


def pack(tokens: Ids, size: int) -> Ids:
    """(M, n) tokens -> (M,) whole numbers of n digits."""
    packed = np.zeros(len(tokens), np.int64)
    for column in tokens.T:
        packed = packed * size + column
    return packed


def discounts(counts: Ids) -> Floats:
    """What is taken from counts of 1, 2, and 3 or more: (4,), the first for a count of 0.

    Where counts of counts are missing, as in a handful of captions, the usual fixed values stand in.
    """
    one, two, three, four = (int((counts == n).sum()) for n in (1, 2, 3, 4))
    if not (one and two and three and four):
        return np.array([0.0, 0.5, 1.0, 1.5])
    y = one / (one + 2 * two)
    found = [1 - 2 * y * two / one, 2 - 3 * y * three / two, 3 - 4 * y * four / three]
    return np.array([0.0, *(float(np.clip(d, 0.1, n - 0.1)) for n, d in enumerate(found, start=1))])


def _counts(grams: Ids, vocabulary: Vocabulary, order: int) -> Sequence[tuple[Ids, Ids]]:
    """For every order from 1: the distinct n-grams, sorted, and their counts."""
    size = vocabulary.size
    found = [np.unique(grams, return_counts=True)]
    for n in range(order - 1, 0, -1):
        plain, plain_counts = np.unique(grams % size**n, return_counts=True)
        kinds = np.unique(found[0][0] % size**n, return_counts=True)[1]  # the same n-grams in the same order
        first = n > 1 and plain // size ** (n - 1) == vocabulary.begin
        found.insert(0, (plain, np.where(first, plain_counts, kinds)))
    return found


def _level(grams: Ids, counts: Ids, size: int) -> Level:
    taken = discounts(counts)[np.minimum(counts, 3)]
    contexts, starts = np.unique(grams // size, return_index=True)
    totals = np.add.reduceat(counts, starts)
    each = np.repeat(totals, np.diff([*starts, len(grams)]))
    return Level(grams, (counts - taken) / each, contexts, np.add.reduceat(taken, starts) / totals)


def _find(among: Ids, wanted: Ids) -> tuple[Ids, NDArray[np.bool_]]:
    """Where each wanted number stands in the sorted ones, and whether it does."""
    place = np.minimum(np.searchsorted(among, wanted), len(among) - 1)
    return place, among[place] == wanted


def _ranges(first: Ids, last: Ids) -> tuple[Ids, Ids]:
    """Every number of every range [first, last), and which range it is of."""
    lengths = last - first
    row = np.repeat(np.arange(len(first)), lengths)
    return row, np.arange(lengths.sum()) - np.repeat(lengths.cumsum() - lengths, lengths) + first[row]
