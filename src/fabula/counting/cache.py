"""A cache of the context's tokens beside an n-gram model: what was just told is likely to be told again.

    p(w | h, context) = a p_ngram(w | h) + b p_1(w) + c p_2(w | v) + d p_3(w | u v)

where p_n counts n-grams of the context's own captions (Kuhn & De Mori 1990; Jelinek et al. 1991). The weights depend on
how far the context knows the history, and are those of greatest likelihood on validation, found by EM.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fabula.counting.ngram import Floats, Ids, NGram, events
from fabula.types import Vocabulary

ORDER = 3
ROUNDS = 60  # of EM: converges long before
PRIOR = 2.0  # tokens' worth of belief in even weights, so that no weight is ever zero


@dataclass(frozen=True)
class Cached:
    """An n-gram model, and the weights (4, 4) of itself and the caches of order 1, 2, 3.

    A row is for how many orders of the cache know the history; what does not know it has no weight, rows sum to one.
    """

    ngram: NGram
    weights: Floats

    def probability(self, histories: Ids, words: Ids, contexts: Ids, row: Ids) -> Floats:
        """(M, 2) tokens before, (M,) tokens, (N, K, L) contexts, (M,) which context is whose -> (M,)."""
        parts, known = _components(self.ngram, histories, words, contexts, row)
        return (self.weights[known] * parts).sum(1)

    def distribution(self, histories: Ids, contexts: Ids) -> Floats:
        """(N, 2) tokens before, (N, K, L) captions of the context -> (N, V): rows that sum to one."""
        vocabulary = self.ngram.vocabulary
        told, before = _told(contexts, vocabulary)
        fits = _fits(histories, told, before, vocabulary)  # (N, T, ORDER)
        weights = self.weights[_known(fits)]
        found = weights[:, :1] * self.ngram.distribution(histories)
        each = weights[:, 1:] / np.maximum(fits.sum(1), 1)  # (N, ORDER): what one fitting place of each order gives
        row, place, order = np.nonzero(fits)
        np.add.at(found, (row, told[row, place]), each[row, order])
        return found


def usual_weights() -> Floats:
    """Weights for where there is no validation data: those of illustrated stories, rounded."""
    return np.array([[1, 0, 0, 0], [0.9, 0.1, 0, 0], [0.75, 0.08, 0.17, 0], [0.55, 0.05, 0.2, 0.2]])


def choose_weights(ngram: NGram, captions: Ids, contexts: Ids) -> Cached:
    """The weights that make (N, L) captions after (N, K, L) contexts likeliest, by expectation and maximisation."""
    histories, words = events(captions, ngram.vocabulary, ngram.order)
    row = np.repeat(np.arange(len(captions)), (captions != ngram.vocabulary.pad).sum(1))
    parts, known = _components(ngram, histories, words, contexts, row)
    return Cached(ngram, np.stack([_best(parts[known == n], n) for n in range(ORDER + 1)]))


def _best(parts: Floats, orders: int) -> Floats:
    """(M, 4) probabilities of M tokens -> the weights (4,) of the n-gram model and the first `orders` caches."""
    there = np.arange(ORDER + 1) <= orders
    weights = there / there.sum()
    for _ in range(ROUNDS if len(parts) else 1):
        mixed = parts * weights
        blame = mixed / mixed.sum(1, keepdims=True)
        weights = blame.sum(0) + PRIOR * there / there.sum()
        weights /= weights.sum()
    return weights


def _components(ngram: NGram, histories: Ids, words: Ids, contexts: Ids, row: Ids) -> tuple[Floats, Ids]:
    """(M, 4): the probability of each word by the n-gram model and by each cache; (M,): how many caches know it."""
    vocabulary = ngram.vocabulary
    told, before = _told(contexts, vocabulary)
    parts, known = np.zeros((len(words), ORDER + 1)), np.zeros(len(words), np.int64)
    parts[:, 0] = ngram.probability(histories, words)
    for start in range(0, len(words), 4096):
        some = slice(start, start + 4096)
        here = row[some]
        fits = _fits(histories[some], told[here], before[here], vocabulary)
        hits = fits & (told[here] == words[some, None])[..., None]
        parts[some, 1:] = hits.sum(1) / np.maximum(fits.sum(1), 1)
        known[some] = _known(fits)
    return parts, known


def _told(contexts: Ids, vocabulary: Vocabulary) -> tuple[Ids, Ids]:
    """(N, K, L) captions -> their tokens (N, K L) and the two before each (N, K L, 2); begin stands in front."""
    begin = np.full((*contexts.shape[:2], 2), vocabulary.begin, np.int64)
    padded = np.concatenate([begin, contexts], 2)
    length = contexts.shape[2]
    before = np.stack([padded[..., :length], padded[..., 1 : 1 + length]], -1)
    places = contexts.shape[1] * length
    return contexts.reshape(len(contexts), places), before.reshape(len(contexts), places, 2)


def _fits(histories: Ids, told: Ids, before: Ids, vocabulary: Vocabulary) -> NDArray[np.bool_]:
    """(M, T, 3): at which places of its context a history of 0, 1, 2 tokens stands before a word."""
    real = told != vocabulary.pad
    one = real & (before[..., 1] == histories[:, None, -1])
    two = one & (before[..., 0] == histories[:, None, -2])
    return np.stack([real, one, two], -1)


def _known(fits: NDArray[np.bool_]) -> Ids:
    """(M,): how many orders of the cache know the history; a longer one is only known where the shorter are."""
    return fits.any(1).sum(1)
