"""Several samples of one context, and whether pictures and captions agree."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabula.metrics.agreement import ASKED, MEASURES, SHUFFLED, TOLD, TRUE, columns, of_another_story
from fabula.metrics.samples import (
    coverage,
    diversity,
    of_many,
    picture_diversity,
    picture_errors,
    rank_of_chosen,
    reaches,
    similarities,
)


def units(*shape, seed=0):
    vectors = np.random.default_rng(seed).normal(size=shape)
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


@given(st.integers(0, 1000), st.integers(1, 8), st.sampled_from(["lower", "higher"]))
def test_the_best_is_no_worse_than_the_mean_and_more_samples_never_make_it_worse(seed, count, better):
    scores = np.random.default_rng(seed).random((5, count))
    found, fewer = of_many(scores, better), of_many(scores[:, :1], better)
    sign = 1 if better == "higher" else -1
    assert (sign * found["best"] >= sign * found["mean"] - 1e-12).all()
    assert (sign * found["best"] >= sign * fewer["best"]).all()
    assert (fewer["spread"] == 0).all()


def test_errors_and_similarities_of_the_truth_itself():
    true = np.random.default_rng(0).integers(0, 256, (3, 4, 5, 3), dtype=np.uint8)
    samples = np.stack([true, 255 - true], 1)
    errors = picture_errors(samples, true)
    assert (errors[:, 0] == 0).all()
    assert errors[:, 1] == pytest.approx(np.abs(1 - 2 * (true / 255)).mean((1, 2, 3)))
    vectors = units(3, 8)
    assert similarities(np.stack([vectors, -vectors], 1), vectors) == pytest.approx(np.array([[1, -1]] * 3))


@given(st.integers(0, 1000), st.integers(2, 7))
def test_diversity_is_the_mean_over_pairs(seed, count):
    vectors = units(4, count, 6, seed=seed)
    pairs = [1 - (vectors[:, i] * vectors[:, j]).sum(1) for i in range(count) for j in range(i)]
    assert diversity(vectors) == pytest.approx(np.mean(pairs, axis=0))
    assert diversity(np.repeat(vectors[:, :1], count, 1)) == pytest.approx(np.zeros(4), abs=1e-12)


def test_diversity_of_pictures_and_of_a_single_sample():
    pictures = np.zeros((2, 3, 4, 4, 3), np.uint8)
    pictures[:, 2] = 255
    assert picture_diversity(pictures) == pytest.approx(np.full(2, 2 / 3))
    assert np.isnan(picture_diversity(pictures[:, :1])).all()
    assert np.isnan(diversity(units(2, 1, 5))).all()


def test_the_reach_is_the_distance_of_the_kth_other():
    angles = np.deg2rad([0, 10, 20, 30, 90])
    true = np.stack([np.cos(angles), np.sin(angles)], 1)
    expected = 2 * np.sin(np.deg2rad([20, 10, 10, 20, 70]) / 2)
    assert reaches(true, true, neighbours=2) == pytest.approx(expected)
    assert np.isnan(reaches(true, true, neighbours=5)).all()


def test_the_truth_covers_itself_and_its_opposite_does_not():
    true = units(30, 6)
    reach = reaches(true, true)
    assert (coverage(np.stack([-true, true], 1), true, reach) == 1).all()
    assert (coverage(-true[:, None], true, reach) == 0).all()
    assert np.isnan(coverage(true[:, None], true, np.full(30, np.nan))).all()


def test_another_true_frame_covers_with_its_known_chance():
    """It is among the k nearest with chance k / (M - 1)."""
    true = units(60, 8)
    reach = reaches(true, true, neighbours=6)
    shifted = [coverage(np.roll(true, shift, 0)[:, None], true, reach).mean() for shift in range(1, 60)]
    assert np.mean(shifted) == pytest.approx(6 / 59)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=6), st.data())
def test_the_rank_of_the_chosen_counts_those_ahead(scores, data):
    chosen = data.draw(st.integers(0, len(scores) - 1))
    ahead, equal = sum(s > scores[chosen] for s in scores), scores.count(scores[chosen])
    table, which = np.array([scores]), np.array([chosen])
    assert rank_of_chosen(table, which, "higher")[0] == ahead + (equal + 1) / 2
    assert rank_of_chosen(table, which, "lower")[0] == len(scores) - ahead - equal + (equal + 1) / 2


def test_true_pairs_told_are_at_one_and_shuffled_ones_at_none():
    pictures, captions = units(12, 8), units(12, 8, seed=1) * 0.2 + units(12, 8)
    captions /= np.linalg.norm(captions, axis=1, keepdims=True)
    stories = np.arange(12) // 3
    other = captions[of_another_story(stories)]
    for told, share in ((captions, 1.0), (other, 0.0)):
        found = columns((pictures, told), (pictures, captions), other, np.ones(12, bool))
        sums = {name: column.sum() for name, column in found.items()}
        assert MEASURES["agreement.share"].value(sums) == pytest.approx(share)
        assert MEASURES[TRUE].value(sums) > 0.9 > MEASURES[SHUFFLED].value(sums)


def test_what_is_not_asked_is_nothing():
    asked = np.array([True, False, True])
    vectors = units(3, 4)
    vectors[1] = np.nan
    found = columns((vectors, vectors), (vectors, vectors), vectors, asked)
    assert found[ASKED].tolist() == [1, 0, 1]
    assert found[TOLD] == pytest.approx([1, 0, 1])


@given(st.lists(st.integers(0, 5), min_size=2, max_size=40), st.integers(0, 9))
def test_each_gets_a_frame_of_another_story_where_there_are_enough(stories, seed):
    stories = np.array(stories)
    other = of_another_story(stories, seed=seed)
    assert sorted(other) == list(range(len(stories)))
    if np.bincount(stories).max() * 2 <= len(stories):
        assert (stories[other] != stories).all()
