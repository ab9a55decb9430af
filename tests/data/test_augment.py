"""Augmentation changes all frames of a window alike, follows from its seed, and is nothing when it is off."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from fabula.data.augment import augment
from fabula.recipe import Augment

IMAGES = torch.rand(6, 3, 3, 12, 20, generator=torch.Generator().manual_seed(0)) * 2 - 1
CHOSEN = [Augment(flip=True), Augment(crop=0.3), Augment(rotate=20.0), Augment(jitter=0.4)]
ANY = st.builds(Augment, st.booleans(), st.floats(0, 0.9), st.floats(0, 180), st.floats(0, 1))


def changed(images, chosen, seed=0):
    return augment(images, chosen, np.random.default_rng(seed))


def test_off_is_off():
    assert changed(IMAGES, Augment()) is IMAGES


@given(ANY, st.integers(0, 99))
@settings(max_examples=25)
def test_shape_and_range_stay_and_the_seed_decides(chosen, seed):
    out = changed(IMAGES, chosen, seed)
    assert out.shape == IMAGES.shape
    assert out.abs().max() <= 1 + 1e-6
    assert torch.equal(out, changed(IMAGES, chosen, seed))


@pytest.mark.parametrize("chosen", [*CHOSEN, Augment(True, 0.3, 20.0, 0.4)])
def test_all_frames_of_a_window_are_changed_alike(chosen):
    still = IMAGES[:, :1].expand_as(IMAGES)
    out = changed(still, chosen)
    assert torch.equal(out[:, 0], out[:, 1])
    assert torch.equal(out[:, 0], out[:, 2])
    assert not torch.equal(out, still)


@pytest.mark.parametrize("chosen", CHOSEN)
def test_windows_are_changed_differently(chosen):
    out = changed(IMAGES[:1].expand_as(IMAGES), chosen)
    assert len({window.numpy().tobytes() for window in out}) > 1


def test_a_flip_is_exact():
    out = changed(IMAGES, Augment(flip=True))
    turned = [torch.equal(after, before.flip(-1)) for before, after in zip(IMAGES, out, strict=True)]
    kept = [torch.equal(after, before) for before, after in zip(IMAGES, out, strict=True)]
    assert all(a != b for a, b in zip(turned, kept, strict=True))
    assert 0 < sum(turned) < 6


def test_no_bound_is_passed():
    """A crop shows only what was there; a rotation of zero and a crop of nothing change nothing."""
    left = torch.zeros(64, 1, 3, 8, 40)
    left[..., 20:] = 1
    shown = changed(left, Augment(crop=0.25))
    assert shown[..., 0].max() < 1e-4
    assert shown[..., -1].min() > 1 - 1e-4
    edge = (shown[:, 0, 0, 4] > 0.5).float().argmax(-1)
    assert 13 <= edge.min() < edge.max() <= 27
    assert torch.allclose(changed(IMAGES, Augment(crop=1e-9, rotate=1e-9)), IMAGES, atol=1e-4)


def test_a_rotation_keeps_proportions():
    """A disc stays a disc in a picture that is not square."""
    y, x = torch.meshgrid(torch.arange(40.0), torch.arange(80.0), indexing="ij")
    disc = (-((y - 19.5) ** 2 + (x - 39.5) ** 2) / 50).exp().expand(4, 1, 3, 40, 80)  # soft, so that sampling is mild
    turned = changed(disc, Augment(rotate=90.0))
    assert (turned - disc)[..., 22:58].abs().max() < 0.02  # beyond, the mirrored border shows
    stretched = torch.nn.functional.interpolate(disc[:, 0], (40, 160))[..., 40:120].unsqueeze(1)
    assert (changed(stretched, Augment(rotate=90.0)) - stretched)[..., 22:58].abs().max() > 0.1
