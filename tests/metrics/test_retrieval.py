"""Ranks of the true one: by hand, against brute force, at chance, with ties; and the median's interval."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabula.metrics.bootstrap import totals
from fabula.metrics.measure import WINDOWS
from fabula.metrics.medians import median
from fabula.metrics.retrieval import MEASURES, TIED, Candidates, chance, columns, mean_vector, ranked


def units(count, dim, seed=0):
    vectors = np.random.default_rng(seed).normal(size=(count, dim))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def split(count=40, stories=8, dim=6, seed=0):
    return Candidates(units(count, dim, seed), np.arange(count) % stories)


def test_the_truth_is_found_at_once():
    candidates = split()
    for ranks in ranked(candidates.vectors, candidates, np.arange(40)):
        assert (ranks.rank == 1).all()
        assert (ranks.percentile == 0).all()
        assert (ranks.within(1) == 1).all()


@given(seed=st.integers(0, 10_000))
def test_ranks_are_those_of_sorting(seed):
    candidates, told = split(seed=seed), units(15, 6, seed + 1)
    right = np.random.default_rng(seed).integers(0, 40, 15)
    whole, own = ranked(told, candidates, right)
    for row, true in enumerate(right):
        cosines = candidates.vectors @ told[row]
        if (np.abs(cosines - cosines[true]) < 2 * TIED).sum() > 1:
            continue  # as good as tied: the rank is shared
        order = np.argsort(-cosines)
        story = [each for each in order if candidates.stories[each] == candidates.stories[true]]
        assert whole.rank[row] == list(order).index(true) + 1
        assert own.rank[row] == story.index(true) + 1
        assert whole.within(5)[row] == (true in order[:5])


@given(equal=st.integers(1, 12), first=st.sampled_from([1, 5, 10]))
def test_those_that_are_equal_share_their_ranks_and_the_places(equal, first):
    vectors = np.concatenate([np.tile([[1.0, 0.0]], (equal, 1)), [[0.0, 1.0]]])
    ranks, _ = ranked(vectors[:1], Candidates(vectors, np.zeros(equal + 1, int)), np.array([0]))
    assert ranks.rank[0] == (equal + 1) / 2
    assert ranks.within(first)[0] == pytest.approx(min(1, first / equal))


def test_a_difference_of_rounding_is_none():
    vectors = np.array([[1.0, 0.0], [1.0, 1e-7], [0.0, 1.0]], np.float32)
    ranks, _ = ranked(vectors[1:2], Candidates(vectors, np.zeros(3, int)), np.array([0]))
    assert ranks.rank[0] == 1.5


def test_dice_reach_chance():
    candidates, told = split(400, 40, 16), units(4000, 16, seed=7)
    right = np.random.default_rng(1).integers(0, 400, 4000)
    whole, own = ranked(told, candidates, right)
    expected = chance(400)
    assert whole.rank.mean() == pytest.approx(expected["rank"], rel=0.05)
    assert whole.within(10).mean() == pytest.approx(expected["r10"], rel=0.3)
    assert own.percentile.mean() == pytest.approx(0.5, abs=0.03)
    assert own.within(5).mean() == pytest.approx(0.5, abs=0.03)


def test_one_picture_for_all_is_at_chance():
    """Whatever it is, the mean over all true ones of its rank is that of dice."""
    candidates = split()
    whole, _ = ranked(np.tile(units(1, 6, seed=3), (40, 1)), candidates, np.arange(40))
    assert whole.rank.mean() == chance(40)["rank"]
    assert whole.within(10).mean() == pytest.approx(chance(40)["r10"])


def test_only_what_is_asked_counts_and_chunks_change_nothing():
    candidates, told, right = split(), units(20, 6, seed=2), np.arange(20) * 2
    asked = np.arange(20) % 3 == 0
    told[~asked] = np.nan
    found = columns("picture", told, candidates, right, asked)
    assert all((column[~asked] == 0).all() and np.isfinite(column).all() for column in found.values())
    parts = [columns("picture", told[rows], candidates, right[rows], asked[rows]) for rows in (slice(7), slice(7, 20))]
    for name, column in found.items():
        assert (np.concatenate([part[name] for part in parts]) == column).all()


def test_a_story_of_one_candidate_is_not_asked_about_within_it():
    candidates = Candidates(units(5, 4), np.array([0, 0, 1, 2, 2]))
    found = columns("caption", candidates.vectors, candidates, np.arange(5), np.ones(5, bool))
    assert found["retrieval.caption_in_story.asked"].tolist() == [1, 1, 0, 1, 1]
    assert found["retrieval.caption.asked"].tolist() == [1] * 5
    assert np.isfinite(found["retrieval.caption_in_story.percentile"]).all()


def test_measures_follow_from_the_columns():
    candidates = split()
    found = columns("picture", units(40, 6, seed=5), candidates, np.arange(40), np.ones(40, bool))
    sums = {name: column.sum() for name, column in found.items()} | {WINDOWS: 40.0}
    values = {name: m.value(sums) for name, m in MEASURES.items() if name.startswith("retrieval.picture")}
    whole, _ = ranked(units(40, 6, seed=5), candidates, np.arange(40))
    assert values["retrieval.picture.r5"] == pytest.approx(whole.within(5).mean())
    assert values["retrieval.picture.rank"] == pytest.approx(whole.rank.mean())
    assert values["retrieval.picture.chance10"] == pytest.approx(chance(40)["r10"])
    assert values["retrieval.picture_in_story.chance1"] == pytest.approx(1 / 5)


def test_nothing_told_gives_nothing():
    found = columns("picture", np.zeros((0, 6)), split(), np.zeros(0, int), np.zeros(0, bool))
    assert all(column.shape == (0,) for column in found.values())


def test_the_mean_of_vectors_has_length_one_and_that_of_one_is_itself():
    vectors = units(12, 5).reshape(4, 3, 5)
    assert np.linalg.norm(mean_vector(vectors), axis=1) == pytest.approx(np.ones(4))
    assert mean_vector(vectors[:, :1]) == pytest.approx(vectors[:, 0])


@given(st.lists(st.integers(1, 9), min_size=1, max_size=30), st.integers(1, 6))
def test_the_median_is_numpys_and_its_draws_are_those_of_all_measures(ranks, stories):
    values, groups = np.array(ranks, float), np.arange(len(ranks)) % stories
    found = median(values, np.ones(len(values), bool), groups)
    assert found["value"] == np.median(values)
    if len(np.unique(groups)) < 2:
        assert "low" not in found
        return
    counts = totals(np.eye(len(np.unique(groups)))[groups] / np.bincount(groups)[groups][:, None], groups, seed=0)
    drawn = [np.median(np.repeat(values, each[groups].round().astype(int))) for each in counts]
    assert [found["low"], found["high"]] == np.quantile(drawn, [0.025, 0.975]).tolist()


def test_a_median_looks_only_at_what_was_asked():
    asked = np.array([True, False, True, True])
    assert median(np.array([3.0, 99, 1, 2]), asked, np.arange(4))["value"] == 2
    assert median(np.ones(4), np.zeros(4, bool), np.arange(4)) is None
