"""Caption measures equal sacrebleu and torchmetrics, and are comparable over tokenizers."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from torchmetrics.functional.text.rouge import rouge_score

from fabula.metrics import Likelihood, Scores, Told
from fabula.metrics.overlap import longest_common, rouge_l

WORDS = ["the", "cat", "dog", "sat", "on", "a", "mat", "Mia", "ran"]
captions = st.lists(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join), min_size=2, max_size=6)


def values(told, true, likelihood=None, stories=None):
    scores = Scores()
    scores.add(Told(np.zeros((len(true), 1, 1, 3), np.uint8), true, captions=told, likelihood=likelihood))
    return {k: v["value"] for k, v in scores.values(np.arange(len(true)) if stories is None else stories).items()}


@given(captions, st.randoms())
@settings(max_examples=60, deadline=None)
def test_bleu_and_chrf_are_sacrebleus(true, dice):
    told = [" ".join(word for word in caption.split() if dice.random() < 0.8) for caption in true]
    found = values(told, true)
    assert found["caption.bleu"] == pytest.approx(BLEU(force=True).corpus_score(told, [true]).score, abs=1e-9)
    assert found["caption.chrf"] == pytest.approx(CHRF().corpus_score(told, [true]).score, abs=1e-9)


@given(st.lists(st.sampled_from(WORDS), max_size=15), st.lists(st.sampled_from(WORDS), max_size=15))
@settings(max_examples=100, deadline=None)
def test_rouge_l_is_torchmetrics(a, b):
    there = rouge_score(" ".join(a), " ".join(b), rouge_keys="rougeL")["rougeL_fmeasure"]
    assert rouge_l(" ".join(a), " ".join(b)) == pytest.approx(float(there), abs=1e-6)


def test_the_longest_common_subsequence_by_hand():
    assert longest_common(["the", "cat", "sat", "on", "the", "mat"], ["the", "mat", "the", "cat", "on", "mat"]) == 4
    assert longest_common([], ["a"]) == longest_common(["a"], []) == 0


def test_the_four_likelihoods_are_one_total_in_four_units():
    nats, words, size = np.array([6.0, 10.0]), np.array([2.0, 3.0]), np.array([9.0, 21.0])
    found = values(["a", "b"], ["a b", "c d e"], Likelihood(nats, np.array([4.0, 4.0]), words, size))
    assert found["caption.perplexity"] == pytest.approx(math.exp(16 / 8))
    assert found["caption.perplexity_word"] == pytest.approx(math.exp(16 / 5))
    assert found["caption.log_loss_word"] == pytest.approx(16 / 5)
    assert found["caption.bits_per_byte"] == pytest.approx(16 / math.log(2) / 30)


def test_a_finer_tokenizer_changes_no_comparable_measure():
    def found(tokens):
        return values(["a"] * 2, ["a b"] * 2, Likelihood(np.full(2, 7.0), tokens, np.full(2, 2.0), np.full(2, 3.0)))

    coarse, fine = found(np.full(2, 3.0)), found(np.full(2, 4.0))
    assert coarse["caption.perplexity"] != fine["caption.perplexity"]
    for name in ("caption.perplexity_word", "caption.log_loss_word", "caption.bits_per_byte"):
        assert coarse[name] == fine[name]


def test_variety_and_repetition():
    same = values(["a cat sat", "a cat sat"], ["a b c", "d e f"])
    assert same["caption.distinct"] == 1
    assert same["caption.distinct_1"] == 0.5
    assert same["caption.distinct_2"] == 0.5
    assert same["caption.repetition"] == 0
    assert same["caption.length"] == 3
    stuck = values(["go go go go go go"], ["Mia ran home"])
    assert stuck["caption.repetition"] == 0.75
    assert stuck["caption.length_ratio"] == 2


def test_empty_captions_are_scored_and_break_nothing():
    found = values(["", ""], ["", "a"])
    assert found["caption.bleu"] == found["caption.chrf"] == found["caption.rouge_l"] == found["caption.length"] == 0
    assert found["caption.repetition"] is None
    assert found["caption.distinct"] == 1
