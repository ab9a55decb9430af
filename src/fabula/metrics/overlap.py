"""Told caption against true caption, free-running: corpus BLEU and chrF by sacrebleu's counts, ROUGE-L by our own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from fabula.metrics.measure import Measure, Sums, mean_of
from fabula.metrics.told import Column, Told
from fabula.metrics.words import words

ORDERS = 4  # n-grams of words in BLEU
LETTERS = 6  # n-grams of characters in chrF
BETA2 = 4.0  # chrF2: recall counts twice

BLEU_COLUMNS = tuple(f"bleu.{name}" for name in ("told", "true", *(f"{k}{n}" for k in ("hit", "all") for n in "1234")))
CHRF_COLUMNS = tuple(f"chrf.{k}{n}" for n in range(1, LETTERS + 1) for k in ("told", "true", "hit"))


def bleu(told: Sums, true: Sums, *counts: Sums) -> Sums:
    """Corpus BLEU, 0 to 100, from summed lengths, hits and totals (Papineni et al. 2002; Post 2018).

    Order 4, brevity penalty, an order without hits smoothed exponentially: sacrebleu's defaults.
    """
    hits, totals = np.stack(counts[:ORDERS]), np.stack(counts[ORDERS:])
    halvings = np.cumsum(hits == 0, axis=0)  # the k-th order without hits counts 1 / 2^k of a hit
    precision = np.where(hits == 0, 0.5**halvings, hits) / totals
    brevity = np.where(told < true, np.exp(1 - true / np.maximum(told, 1e-9)), 1.0)
    score = 100 * brevity * np.exp(np.log(precision).mean(0))
    return np.where((hits.sum(0) == 0) | (totals == 0).any(0), 0.0, score)


def chrf(*counts: Sums) -> Sums:
    """Corpus chrF2, 0 to 100, from summed counts of character n-grams of orders 1 to 6 (Popovic 2015)."""
    table = np.stack(counts)
    told, true, hits = table[0::3], table[1::3], table[2::3]
    there = (told > 0) & (true > 0)
    orders = np.maximum(there.sum(0), 1)
    precision = np.where(there, hits / told, 0).sum(0) / orders
    recall = np.where(there, hits / true, 0).sum(0) / orders
    below = BETA2 * precision + recall
    return np.where(below > 0, 100 * (1 + BETA2) * precision * recall / np.where(below > 0, below, 1), 0.0)


MEASURES = {
    "caption.bleu": Measure(
        "free-running",
        "higher",
        "Corpus BLEU (sacrebleu, tokenizer 13a), 0 to 100.",
        BLEU_COLUMNS,
        bleu,
        by_window=False,
    ),
    "caption.chrf": Measure("free-running", "higher", "Corpus chrF2 (sacrebleu), 0 to 100.", CHRF_COLUMNS, chrf),
    "caption.rouge_l": mean_of(
        "caption.rouge_l",
        "higher",
        "ROUGE-L: F1 of the longest common subsequence of words, mean over windows, 0 to 1.",
        "free-running",
    ),
}


def statistics(told: Told) -> dict[str, Column]:
    """The columns of the measures above; none where nothing was written."""
    if told.captions is None:
        return {}
    pairs = list(zip(told.captions, told.true_captions, strict=True))
    return {
        **_counts(told.known.bleu, BLEU_COLUMNS, told.captions),
        **_counts(told.known.chrf, CHRF_COLUMNS, told.captions),
        "caption.rouge_l": np.array([rouge_l(a, b) for a, b in pairs]),
    }


def _counts(metric: BLEU | CHRF, names: Sequence[str], told: Sequence[str]) -> dict[str, Column]:
    rows = metric._extract_corpus_statistics(told, None)  # the true captions are in it
    return dict(zip(names, np.array(rows, dtype=np.float64).reshape(-1, len(names)).T, strict=True))


def rouge_l(told: str, true: str) -> float:
    """F1 of the longest common subsequence, words lower-cased, punctuation left out (Lin 2004)."""
    a, b = words(told), words(true)
    common = longest_common(a, b)
    return 2 * common / (len(a) + len(b)) if common else 0.0


def longest_common(a: Sequence[str], b: Sequence[str]) -> int:
    """The length of the longest common subsequence, a word of `b` at a time over the bits of `a` (Hyyro 2004)."""
    places: dict[str, int] = {}
    for i, word in enumerate(a):
        places[word] = places.get(word, 0) | 1 << i
    full = (1 << len(a)) - 1
    row = full
    for word in b:
        here = row & places.get(word, 0)
        row = (row + here | row - here) & full
    return len(a) - row.bit_count()
