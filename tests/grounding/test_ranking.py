"""Average precision by hand, its laws, and pairs that no other pairing beats."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabula.grounding.alignment import best_pairs
from fabula.grounding.matching import iou, within
from fabula.grounding.ranking import average_precision
from fabula.story import Size


@pytest.mark.parametrize(
    ("right", "scores", "true", "expected"),
    [
        ([1, 1], [0.9, 0.8], 2, 1.0),
        ([1, 1], [0.9, 0.8], 4, 0.5),  # half is never found
        ([0, 1], [0.9, 0.8], 1, 0.5),  # found second
        ([1, 0, 1], [0.9, 0.8, 0.7], 2, 0.5 * 1 + 0.5 * 2 / 3),
        ([0, 1, 1], [0.9, 0.8, 0.7], 2, 2 / 3),  # 1/2 at half, but 2/3 is reached beyond
        ([1, 0, 0, 1, 1], [5, 4, 3, 2, 1], 4, 0.25 * 1 + 0.5 * 3 / 5),
        ([0, 0], [0.9, 0.8], 3, 0.0),
        ([], [], 3, 0.0),
        ([1, 0], [0.5, 0.5], 1, 0.5),  # both come in together
    ],
)
def test_average_precision_by_hand(right, scores, true, expected):
    found = average_precision(np.array(right, bool), np.array(scores, float), true)
    assert found == pytest.approx(expected)


def test_of_nothing_true_there_is_no_average_precision():
    assert np.isnan(average_precision(np.array([False]), np.array([1.0]), 0))


MARKS = st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=1, max_size=20)


@given(MARKS, st.integers(0, 5), st.randoms())
def test_neither_order_nor_scale_of_the_scores_matters(marks, missed, dice):
    true = sum(right for right, _ in marks) + missed
    if not true:
        return
    other = dice.sample(marks, len(marks))
    one, two = (
        average_precision(np.array([r for r, _ in each]), scale(np.array([s for _, s in each], float)), true)
        for each, scale in ((marks, lambda s: s), (other, lambda s: np.exp(3 * s)))
    )
    assert one == pytest.approx(two)
    assert 0 <= one <= 1


@given(MARKS)
def test_one_score_for_all_is_precision_times_recall(marks):
    right = np.array([right for right, _ in marks])
    found = average_precision(right, np.zeros(len(right)), 25)
    assert found == pytest.approx(right.mean() * right.sum() / 25)


GAINS = st.integers(1, 4).flatmap(
    lambda columns: st.lists(st.lists(st.integers(0, 6), min_size=columns, max_size=columns), min_size=1, max_size=5)
)


@given(GAINS)
def test_no_other_pairing_gains_more(gain):
    table = np.array(gain, float)
    pairs = best_pairs(table)
    assert len(set(pairs.values())) == len(pairs) == min(table.shape)
    wide = table if table.shape[0] <= table.shape[1] else table.T
    ways = itertools.permutations(range(wide.shape[1]), wide.shape[0])
    assert sum(table[pair] for pair in pairs.items()) == max(sum(wide[r, c] for r, c in enumerate(w)) for w in ways)


def test_intersection_over_union_by_hand():
    assert iou((0, 0, 10, 10), (0, 0, 10, 10)) == 1
    assert iou((0, 0, 10, 10), (5, 0, 15, 10)) == pytest.approx(1 / 3)
    assert iou((0, 0, 10, 10), (10, 0, 20, 10)) == 0
    assert iou((0, 0, 10, 10), (0, 5, 10, 10)) == 0.5
    assert within((-5, -5, 200, 20), Size(10, 100)) == (0, 0, 100, 10)
