"""The sign test and Holm's correction: known values, and laws that hold for any counts."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabula.metrics.signs import holm, sign_test

few, many = st.integers(0, 5), st.integers(0, 400)
chances = st.lists(st.floats(0, 1), max_size=12)


@pytest.mark.parametrize(
    ("wins", "losses", "p"),
    [(0, 0, 1), (1, 0, 1), (5, 0, 0.0625), (6, 0, 0.03125), (1, 9, 0.021484375), (7, 3, 0.34375), (4, 4, 1),
     (18, 2, 0.00040245056), (60, 40, 0.056887933)],
)  # fmt: skip
def test_values_of_binomial_tables(wins, losses, p):
    assert sign_test(wins, losses) == pytest.approx(p, rel=1e-6)


@given(few, few)
def test_it_is_the_share_of_coins_that_are_as_lopsided(wins, losses):
    falls = [abs(2 * sum(coins) - wins - losses) for coins in product((0, 1), repeat=wins + losses)]
    assert sign_test(wins, losses) == sum(fall >= abs(wins - losses) for fall in falls) / len(falls)


@given(many, many)
def test_neither_side_is_preferred_and_one_more_win_is_more_lopsided(wins, losses):
    p = sign_test(wins, losses)
    assert 0 < p <= 1
    assert p == sign_test(losses, wins)
    if wins >= losses:
        assert sign_test(wins + 1, losses) <= p or wins == losses


def test_thousands_of_stories_overflow_nothing():
    assert sign_test(2500, 2500) == 1
    assert 0 < sign_test(2400, 2600) < 0.01
    assert sign_test(5000, 0) == 0  # below what a float can hold


def test_holm_of_three():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([]) == []
    assert holm([0.2]) == [0.2]


@given(chances)
def test_holm_keeps_order_and_lies_between_p_and_bonferroni(found):
    corrected = holm(found)
    for p, more in zip(found, corrected, strict=True):
        assert p <= more <= min(1, len(found) * p)
        assert all(more <= other for q, other in zip(found, corrected, strict=True) if p < q)


@given(chances, st.floats(0.001, 0.5))
def test_holm_rejects_what_stepping_down_rejects(found, level):
    rejected = 0
    for passed, p in enumerate(sorted(found)):
        if (len(found) - passed) * p > level:
            break
        rejected += 1
    assert sum(more <= level for more in holm(found)) == rejected


@given(chances.flatmap(lambda found: st.tuples(st.just(found), st.permutations(range(len(found))))))
def test_holm_does_not_mind_the_order(given_and_order):
    found, order = given_and_order
    corrected = holm(found)
    assert holm([found[place] for place in order]) == [corrected[place] for place in order]
