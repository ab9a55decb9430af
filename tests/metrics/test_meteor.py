"""METEOR: by hand, by formula, and for whatever may be told."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabula.metrics import Told
from fabula.metrics.meteor import METEOR, WITH_WORDNET, meteor, statistics

WORDS = ["the", "cat", "cats", "sat", "on", "a", "mat", "Mia", "running"]
captions = st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join)


def columns(told, true):
    return statistics(Told(np.zeros((len(true), 0, 0, 3), np.uint8), true, captions=told))


def test_by_hand():
    # Four of four told words pair with four of six true ones, in two runs: "the cat" and "on mats".
    f = (4 / 4) * (4 / 6) / (0.9 * 4 / 4 + 0.1 * 4 / 6)
    assert meteor("The cat on mats!", "the cat sat down on mats") == pytest.approx((1 - 0.5 * (2 / 4) ** 3) * f)


def test_stems_are_paired_and_synonyms_only_where_they_are_given():
    assert meteor("he walked", "he walks") == pytest.approx(1 - 0.5 / 2**3)
    kin = {"ill": "sick"}
    lemma = lambda word: SimpleNamespace(name=lambda: word)  # noqa: E731
    synonyms = SimpleNamespace(
        synsets=lambda word: [SimpleNamespace(lemmas=lambda: [lemma(kin[word])])] if word in kin else []
    )
    assert meteor("ill dog", "sick dog") < meteor("ill dog", "sick dog", synonyms=synonyms)
    assert meteor("ill dog", "sick dog", synonyms=synonyms) == meteor("sick dog", "sick dog")


@given(captions, captions)
@settings(max_examples=100, deadline=None)
def test_a_copy_scores_what_the_formula_says_and_nothing_more(told, true):
    count = len(true.split())
    assert meteor(true, true) == pytest.approx(1 - 0.5 / count**3)
    assert 0 <= meteor(told, true) <= 1
    assert meteor(told, true) < 1 - 0.5 / max(count, len(told.split())) ** 3 + 1e-12


@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30)), min_size=1, max_size=5), st.randoms())
@settings(max_examples=100, deadline=None)
def test_any_text_has_a_score_wherever_it_stands(pairs, dice):
    found = dict(zip(pairs, columns(*map(list, zip(*pairs, strict=True)))[METEOR], strict=True))
    assert all(0 <= score <= 1 for score in found.values())
    turned = dice.sample(pairs, len(pairs))
    assert columns(*map(list, zip(*turned, strict=True)))[METEOR].tolist() == [found[pair] for pair in turned]


def test_the_empty_caption_scores_nothing():
    assert columns(["", "", "..."], ["a cat", "", "a cat"])[METEOR].tolist() == [0, 0, 0]


def test_nothing_told_is_not_measured():
    assert statistics(Told(np.zeros((1, 0, 0, 3), np.uint8), ["a cat"])) == {}


def test_synonyms_never_cost():
    found = columns(["an ill dog", "he sat"], ["a sick dog", "he sat"])
    if WITH_WORDNET not in found:
        pytest.skip("nltk finds no WordNet on this machine")
    assert (found[WITH_WORDNET] >= found[METEOR]).all()
    assert found[WITH_WORDNET][0] > found[METEOR][0]
