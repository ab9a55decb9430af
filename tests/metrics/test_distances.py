"""Fréchet distance and KID against closed forms, brute force and torchmetrics."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torchmetrics.image.fid import _compute_fid
from torchmetrics.image.kid import poly_mmd

from fabula.errors import FabulaError
from fabula.metrics.distances import frechet, kernel_distance


def cloud(count, dim, seed=0, scale=1.0):
    return np.random.default_rng(seed).normal(size=(count, dim)) * scale


@given(st.integers(2, 40), st.integers(1, 12))
def test_a_cloud_is_at_no_distance_from_itself(count, dim):
    vectors = cloud(count, dim)
    assert frechet(vectors, vectors[::-1])["value"] == pytest.approx(0, abs=1e-9)


@given(st.integers(2, 40), st.lists(st.floats(-3, 3), min_size=1, max_size=12))
def test_a_shifted_cloud_is_at_the_squared_shift(count, shift):
    vectors = cloud(count, len(shift))
    assert frechet(vectors + shift, vectors)["value"] == pytest.approx(np.square(shift).sum(), abs=1e-7)


@given(st.floats(0.1, 4), st.integers(2, 30))
def test_a_scaled_cloud_is_at_its_closed_form(scale, count):
    """tr C (s - 1)^2 where C' = s^2 C, and as much for the mean."""
    vectors = cloud(count, 8)
    vectors -= vectors.mean(0)
    expected = np.trace(np.cov(vectors, rowvar=False)) * (scale - 1) ** 2
    assert frechet(vectors * scale, vectors)["value"] == pytest.approx(expected, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("count", [9, 200])
def test_the_frechet_distance_is_torchmetrics(count):
    """Also where there are fewer vectors than the 16 dimensions."""
    told, true = cloud(count, 16, 1), cloud(count, 16, 2, scale=1.5) + 0.2
    sides = [(torch.tensor(x.mean(0)), torch.tensor(np.cov(x, rowvar=False))) for x in (told, true)]
    expected = _compute_fid(*sides[0], *sides[1]).item()
    assert frechet(told, true)["value"] == pytest.approx(expected, rel=1e-5)


def test_it_is_the_same_from_either_side_and_grows_with_the_shift():
    told, true = cloud(30, 64, 1), cloud(50, 64, 2)
    assert frechet(told, true)["value"] == pytest.approx(frechet(true, told)["value"])
    assert frechet(told, true)["value"] < frechet(told + 0.3, true)["value"]
    assert frechet(told, true)["told"] == 30


def test_the_kernel_distance_of_all_is_torchmetrics():
    told, true = cloud(60, 8, 1), cloud(60, 8, 2) + 0.3
    expected = poly_mmd(torch.tensor(told), torch.tensor(true)).item()
    assert kernel_distance(told, true, subsets=2)["value"] == pytest.approx(expected, rel=1e-9)


def test_it_is_unbiased_whatever_the_size():
    """The mean over draws of a few is the value of all; a biased estimate would be larger by far."""
    told, true = cloud(400, 4, 1), cloud(400, 4, 2) + 0.4
    few = kernel_distance(told, true, subsets=400, size=20)
    assert few["subset_mean"] == pytest.approx(few["value"], abs=4 * few["standard_error"])
    assert few["standard_error"] < 0.1 * few["value"] < few["value"]


def test_clouds_of_one_law_are_at_nothing_give_or_take():
    values = [kernel_distance(cloud(50, 4, s), cloud(50, 4, s + 99), subsets=2)["value"] for s in range(40)]
    assert abs(np.mean(values)) < 4 * np.std(values) / 40**0.5
    assert min(values) < 0 < max(values)


def test_more_rows_than_are_held_at_a_time_change_nothing():
    told, true = cloud(1500, 3, 1), cloud(1500, 3, 2)
    expected = poly_mmd(torch.tensor(told), torch.tensor(true)).item()
    assert kernel_distance(told, true, subsets=1)["value"] == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_the_same_seed_draws_the_same():
    told, true = cloud(40, 3, 1), cloud(40, 3, 2)
    assert kernel_distance(told, true, seed=5) == kernel_distance(told, true, seed=5)
    assert kernel_distance(told, true, seed=5)["subset_mean"] != kernel_distance(told, true, seed=6)["subset_mean"]
    assert kernel_distance(told, true)["subset_size"] == 20


@pytest.mark.parametrize("distance", [frechet, kernel_distance])
def test_one_picture_has_no_distance(distance):
    with pytest.raises(FabulaError, match="needs two pictures on each side, got 1 told and 5 true ones"):
        distance(cloud(1, 3), cloud(5, 3))
