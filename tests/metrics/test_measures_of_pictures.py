"""Picture measures equal the field's libraries, and order what anyone would order."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchmetrics.functional.image import peak_signal_noise_ratio, structural_similarity_index_measure

from fabula.metrics import MEASURES, Scores, Told
from fabula.metrics.pictures import gradient_energy, psnr, statistics, unit
from fabula.metrics.pools import Deviation
from fabula.metrics.ssim import blur, ssim
from fabula.metrics.truth import Truth


def noise(count, height=20, width=26, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, height, width, 3), dtype=np.uint8)


def told(pictures, true):
    return Told(true, [""] * len(true), pictures=pictures)


def values(pictures, true, stories=None):
    scores = Scores()
    scores.add(told(pictures, true))
    return scores.values(np.arange(len(true)) if stories is None else stories)


@given(st.integers(6, 40), st.integers(6, 40), st.integers(0, 9))
@settings(max_examples=20, deadline=None)
def test_ssim_is_that_of_torchmetrics(height, width, seed):
    a, b = unit(noise(3, height, width, seed)), unit(noise(3, height, width, seed + 1))
    b = 0.7 * a + 0.3 * b
    there = structural_similarity_index_measure(_torch(a), _torch(b), data_range=1.0, reduction="none")
    np.testing.assert_allclose(ssim(a, b), np.asarray(there), atol=2e-4)


def test_psnr_is_that_of_torchmetrics_window_by_window():
    a, b = noise(4), noise(4, seed=1)
    columns = statistics(told(a, b))
    for i in range(4):
        there = peak_signal_noise_ratio(_torch(unit(a[i : i + 1])), _torch(unit(b[i : i + 1])), data_range=1.0)
        assert columns["picture.psnr"][i] == pytest.approx(float(there), abs=1e-4)


def test_an_exact_copy_is_perfect():
    found = values(noise(5), noise(5))
    perfect = {"picture.mae": 0, "picture.mse": 0, "picture.psnr": 100, "picture.ssim": 1, "picture.sharpness": 1}
    for name, value in perfect.items():
        assert found[name]["value"] == pytest.approx(value)
    assert found["picture.spread_ratio"]["value"] == 1
    assert found["picture.distinct"]["value"] == 5


def test_black_against_white_is_the_worst():
    found = values(np.zeros((2, 9, 9, 3), np.uint8), np.full((2, 9, 9, 3), 255, np.uint8))
    assert found["picture.mae"]["value"] == 1
    assert found["picture.psnr"]["value"] == 0


def test_more_noise_is_worse_in_every_measure():
    true, rough = noise(6), noise(6, seed=3)
    true = blur(true.transpose(0, 3, 1, 2).astype(np.float32)).transpose(0, 2, 3, 1).astype(np.uint8)
    ladder = [np.uint8((1 - share) * true + share * rough) for share in (0.1, 0.3, 0.8)]
    for name in ("picture.mae", "picture.mse", "picture.psnr", "picture.ssim"):
        found = [values(step, true)[name]["value"] for step in ladder]
        assert found == sorted(found, reverse=MEASURES[name].better == "higher"), name


def test_one_picture_for_all_has_no_spread_and_a_blur_no_edge():
    found = values(np.repeat(noise(1), 5, axis=0), noise(5, seed=2))
    assert found["picture.spread"]["value"] == 0
    assert found["picture.distinct"]["value"] == 1
    assert gradient_energy(unit(np.full((1, 4, 4, 3), 99, np.uint8))) == 0


@given(st.lists(st.integers(1, 5), min_size=1, max_size=4))
def test_spread_does_not_depend_on_the_chunks(sizes):
    pictures = noise(sum(sizes), 3, 4)
    pool = Deviation()
    for end, size in zip(np.cumsum(sizes), sizes, strict=True):
        pool.add(pictures[end - size : end])
    np.testing.assert_allclose(pool.deviation(), (pictures / 255).std(0), atol=1e-12)


def test_a_teller_that_does_not_paint_has_no_picture_scores():
    scores = Scores()
    scores.add(Told(noise(2), ["a b", "c"], captions=["a", "c"]))
    assert not [name for name in scores.values([0, 1]) if name.startswith("picture.")]


def test_psnr_of_nothing_wrong_is_finite():
    assert psnr(np.zeros(1)) == 100


@pytest.mark.parametrize("size", [(1, 1), (2, 30)])
def test_tiny_pictures_have_every_score(size):
    found = values(noise(3, *size), noise(3, *size, seed=1))
    assert np.isfinite(found["picture.ssim"]["value"])


def _torch(pictures):
    return torch.from_numpy(pictures).movedim(-1, 1)


def test_a_truth_that_many_are_held_against_gives_what_each_would_get_alone():
    true, captions = noise(6), ["a fox ran", "a fox", "", "the lamp", "a b c d e", "home"]
    shared = Truth(true, captions)
    for seed in (1, 2):
        told = Told(true, captions, pictures=noise(6, seed=seed), captions=captions[seed:] + captions[:seed])
        one, other = Scores(), Scores()
        one.add(told)
        other.add(replace(told, truth=shared))
        assert one.values(np.arange(6)) == other.values(np.arange(6))
