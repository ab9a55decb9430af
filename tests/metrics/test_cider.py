"""CIDEr-D equals its authors' program, and a window's score does not hang on the windows beside it."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabula.metrics import Scores, Told
from fabula.metrics.cider import CIDER, statistics
from fabula.metrics.documents import documents_of
from fabula.metrics.truth import Truth

REFERENCE = json.loads((Path(__file__).parent / "cider_reference.json").read_text(encoding="utf-8"))
WORDS = ["the", "cat", "dog", "sat", "on", "a", "mat", "Mia", "ran"]
captions = st.lists(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join), min_size=2, max_size=6)


def told_of(told, true, documents=None):
    nothing = np.zeros((len(true), 0, 0, 3), np.uint8)
    return Told(nothing, true, captions=told, truth=Truth(nothing, true, documents=documents or documents_of(true)))


def test_the_authors_program_gives_the_same():
    pairs = REFERENCE["pairs"]
    found = statistics(told_of([pair["told"] for pair in pairs], [pair["true"] for pair in pairs]))[CIDER]
    assert found == pytest.approx([pair["cider_d"] for pair in pairs], abs=1e-8)


def test_a_copy_scores_ten_and_less_where_an_order_has_no_weight():
    true = ["a cat sat down", "a dog ran off", "two words"]
    assert statistics(told_of(true, true))[CIDER] == pytest.approx([10, 10, 5])
    everywhere = ["the end of it"] * 3
    assert statistics(told_of(everywhere, everywhere))[CIDER] == pytest.approx([0, 0, 0])


@given(captions, st.data())
@settings(max_examples=60, deadline=None)
def test_nothing_is_above_the_copy_and_order_changes_nothing(true, data):
    told = data.draw(st.lists(st.sampled_from([*true, "", "the dog the dog"]), min_size=len(true), max_size=len(true)))
    found, copied = (statistics(told_of(captions, true))[CIDER] for captions in (told, true))
    assert (found >= 0).all()
    assert (found <= copied + 1e-9).all()
    turned = data.draw(st.permutations(range(len(true))))
    again = statistics(told_of([told[i] for i in turned], [true[i] for i in turned]))[CIDER]
    assert again == pytest.approx(found[turned])


@given(captions, st.integers(1, 5))
@settings(max_examples=20, deadline=None)
def test_chunks_change_nothing_where_the_split_is_known(true, size):
    told, documents = true[1:] + true[:1], documents_of(true)
    whole, parted = Scores(), Scores()
    whole.add(told_of(told, true, documents))
    for start in range(0, len(true), size):
        rows = slice(start, start + size)
        parted.add(told_of(told[rows], true[rows], documents))
    stories = np.arange(len(true))
    assert whole.values(stories)[CIDER]["value"] == pytest.approx(parted.values(stories)[CIDER]["value"])


@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30)), min_size=1, max_size=5))
@settings(max_examples=50, deadline=None)
def test_any_text_has_a_score_and_an_empty_one_has_none(pairs):
    told, true = map(list, zip(*pairs, strict=True))
    found = statistics(told_of(told, true))[CIDER]
    assert np.isfinite(found).all()
    assert (statistics(told_of([""] * len(true), true))[CIDER] == 0).all()


def test_an_unlikely_phrase_counts_more_than_a_common_one():
    true = ["the lighthouse burned", "the cat ran", "the dog ran", "the hen ran"]
    rare, common = (statistics(told_of([said, *true[1:]], true))[CIDER][0] for said in ("lighthouse", "the"))
    assert rare > common == 0


def test_it_is_not_measured_where_nobody_wrote_or_knows_the_split():
    nothing = np.zeros((1, 0, 0, 3), np.uint8)
    assert statistics(Told(nothing, ["a b"], truth=Truth(nothing, ["a b"], documents=documents_of(["a b"])))) == {}
    assert statistics(Told(nothing, ["a b"], captions=["a b"])) == {}
