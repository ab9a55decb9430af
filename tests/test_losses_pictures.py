"""Losses that look at pictures by more than pixels: edges, a network's features, a judge that learns along."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from smallest import smallest, trained_bytes

from fabula import run as running
from fabula import weights
from fabula.building import check_model
from fabula.data.corpus import open_corpus
from fabula.data.store import Store
from fabula.errors import FabulaError
from fabula.images import to_tensor
from fabula.journal import journal
from fabula.journal.log import read_log
from fabula.journal.stopping import Stopped
from fabula.losses import feature_learning
from fabula.losses.adversarial import Adversarial, hinge, judged_as_it_is
from fabula.losses.edge import Edge
from fabula.losses.features import fill_fixed
from fabula.losses.perceptual import Perceptual
from fabula.losses.vgg import VGG16
from fabula.run import run
from fabula.types import Compared, Frames, Memory, StoryBatch, StoryOutput, Tokens

FRAMES = Frames(torch.zeros(1, 1, 3, 2, 2), torch.zeros(1, 1, 1, dtype=torch.long), torch.ones(1, 1, dtype=torch.bool))
BATCH = StoryBatch(FRAMES, FRAMES)
RUN = (
    "train.steps=6",
    "train.validate_every=3",
    "losses.seen={use: perceptual, weight: 0.5}",
    "losses.edges={use: edge, weight: 0.1}",
    "losses.judged={use: {kind: adversarial, channels: [8, 16]}, weight: 0.1, start_step: 1, ramp_steps: 2}",
)


def told(loss: torch.nn.Module, predicted: torch.Tensor, expected: torch.Tensor) -> torch.Tensor:
    memory = Memory(Tokens(torch.zeros(1, 1, 4), torch.ones(1, 1, dtype=torch.bool)), FRAMES)
    return loss(StoryOutput(Compared(predicted, expected), None, memory), BATCH)


def pictures(count: int, height: int = 16, width: int = 24, seed: int = 0) -> torch.Tensor:
    return torch.randn(count, 3, height, width, generator=torch.Generator().manual_seed(seed)).tanh()


def flat(images: torch.Tensor) -> torch.Tensor:
    return images.mean((2, 3), keepdim=True).expand_as(images).clone()


def moved(images: torch.Tensor) -> torch.Tensor:
    """The same pictures, to be moved by a gradient."""
    return images.clone().requires_grad_()


# Edges


def test_a_step_between_black_and_white_has_two_steep_columns():
    step = torch.full((2, 3, 6, 10), -1.0)
    step[..., 5:] = 1
    assert told(Edge(), step, flat(step)).item() == pytest.approx(2 * 8 / 10)
    assert told(Edge(form="axes"), step, flat(step)).item() == pytest.approx(2 * 8 / 10 / 2)
    standing, lying = step[..., :6, 2:8], step[..., :6, 2:8].transpose(2, 3)
    assert told(Edge(), standing, lying) < told(Edge(form="axes"), standing, lying) * 2


def test_a_negative_has_the_same_magnitudes_on_other_axes():
    images = pictures(2)
    assert told(Edge(), images, -images).item() == 0
    assert told(Edge(form="axes"), images, -images).item() > 1


@settings(max_examples=20)
@given(st.floats(-0.5, 0.5), st.floats(-0.4, 0.4), st.integers(1, 9), st.integers(1, 9))
def test_brightness_is_no_edge_and_flat_ground_has_a_finite_gradient(level, shift, height, width):
    ground = torch.full((1, 3, height, width), level)
    half = torch.cat([ground, pictures(1, height, width) / 2], 3)
    for form in ("magnitude", "axes"):
        assert told(Edge(form=form), half, half + shift).item() == pytest.approx(0, abs=1e-5)
        for images in (ground, half, ground * 1e-30):
            images = moved(images)
            told(Edge(form=form), images, pictures(1, *images.shape[2:], seed=1)).backward()
            assert images.grad.isfinite().all()
            assert images.grad.abs().max() <= 64 / images.numel()


# What a network sees


@pytest.fixture(scope="module")
def world() -> tuple[Store, Store]:
    """Pictures to learn from, and others of stories that are not among them."""
    data = smallest("data.picture_size=30x62", "data.world={train: 16, validation: 1, test: 24, seed: 5}").data
    return tuple(open_corpus(data).splits[name].store for name in ("train", "test"))


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own, and few lessons."""
    monkeypatch.setenv("FABULA_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(feature_learning, "STEPS", 3)
    return tmp_path / "cache" / "features"


def raw(count: int = 9, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, 12, 20, 3), np.uint8)


def seen(loss: Perceptual) -> dict[str, torch.Tensor]:
    return {name: buffer.clone() for name, buffer in loss.network.named_buffers()}


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_equal_pictures_are_seen_alike_and_each_depth_has_its_weight():
    one, other = pictures(2), pictures(2, seed=1)
    assert told(Perceptual(), one, one).item() == 0
    maps = zip(Perceptual().network(one), Perceptual().network(other), strict=True)
    for depth, apart in enumerate(F.mse_loss(*pair) for pair in maps):
        alone = tuple(float(each == depth) for each in range(4))
        torch.testing.assert_close(told(Perceptual(slices=alone), one, other), apart)
    with pytest.raises(ValueError, match="slices: all four are 0"):
        Perceptual(slices=(0, 0, 0, 0))


def test_the_network_is_the_same_every_time_moves_no_dice_and_never_learns():
    torch.manual_seed(1)
    dice = torch.get_rng_state()
    loss = Perceptual()
    assert torch.equal(torch.get_rng_state(), dice)
    torch.manual_seed(2)
    assert same(seen(loss), seen(Perceptual()))
    assert (list(loss.parameters()), weights.own_tensors(loss)) == ([], {})
    images = moved(flat(pictures(2)))
    told(loss.train(), images, moved(pictures(2))).backward()
    assert images.grad.isfinite().all()
    assert images.grad.any()
    assert loss.training
    assert not any(part.training for part in loss.network.modules())


def test_what_was_learned_is_kept_and_found_again(cache: Path, monkeypatch: pytest.MonkeyPatch):
    first, other = Perceptual(), Perceptual()
    torch.manual_seed(3)
    dice = torch.get_rng_state()
    first.prepare(raw(), "a")
    other.prepare(raw(seed=1), "b")
    assert torch.equal(torch.get_rng_state(), dice)
    assert not same(seen(first), seen(Perceptual()))
    assert not same(seen(first), seen(other))
    kept = sorted(cache.iterdir())
    assert [path.suffix for path in kept] == [".safetensors"] * 2
    monkeypatch.setattr(feature_learning, "learn", lambda pictures, steps: pytest.fail("learned a second time"))
    again = Perceptual()
    again.prepare(raw(), "a")
    assert same(seen(again), seen(first))


def test_learned_again_it_is_the_same_whatever_was_lost_and_however_many_threads(cache: Path):
    loss, threads = Perceptual(), torch.get_num_threads()
    loss.prepare(raw(), "a")
    (path,) = cache.iterdir()
    whole, before = path.read_bytes(), seen(loss)
    path.write_bytes(whole[:-9])
    try:
        torch.set_num_threads(2)
        torch.manual_seed(8)
        loss.prepare(raw(), "a")
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(threads)
    assert path.read_bytes() == whole
    assert same(seen(loss), before)


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (33, 47)])
@pytest.mark.parametrize("count", [1, 3])
def test_it_learns_from_pictures_of_any_size_and_number(size: tuple[int, int], count: int):
    images = np.random.default_rng(0).integers(0, 256, (count, *size, 3), np.uint8)
    network = feature_learning.learn(images, 2)
    assert all(weight.isfinite().all() for weight in network.parameters())
    sides = [tuple(seen.shape[2:]) for seen in network(to_tensor(images))]
    assert sides == [tuple(-(-side // 2**depth) for side in size) for depth in range(4)]


def test_views_that_are_told_apart_cost_little_and_equal_ones_their_number():
    alike = torch.ones(4, 8)
    assert feature_learning.contrast(alike, alike).item() == pytest.approx(np.log(7), abs=1e-5)
    apart = torch.eye(8)[:4]
    assert feature_learning.contrast(apart, apart).item() < 0.05
    assert feature_learning.contrast(apart, apart.roll(1, 0)).item() > 4


def test_it_tells_a_changed_picture_from_another_frame_and_that_from_another_story(world: tuple[Store, Store]):
    learned, held = feature_learning.learn(world[0].pictures, 25), world[1]
    first, last = held.first, held.first + held.counts - 1
    here, later, elsewhere = (to_tensor(held.pictures[rows]) for rows in (first, last, np.roll(first, 1)))
    recoloured = feature_learning._recoloured(here, torch.Generator().manual_seed(0))
    blurred = F.avg_pool2d(F.pad(here, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
    loss, recoloured_at_first = Perceptual(), told(Perceptual(), here, recoloured) / told(Perceptual(), here, elsewhere)
    fill_fixed(loss.network, dict(learned.named_parameters()))
    near, soft, frame, story = (told(loss, here, other) for other in (recoloured, blurred, later, elsewhere))
    assert 0 < max(near, soft) < 0.5 * frame
    assert frame < 0.9 * story
    assert near / story < 0.9 * recoloured_at_first, "what views differ in must matter less than before"


# VGG16 from a file


@pytest.fixture(scope="module")
def vgg(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "vgg16.safetensors"
    tensors = dict(VGG16().named_parameters())
    tensors["features.0.bias"] = torch.zeros(64)
    weights.save_tensors(path, {**tensors, "classifier.0.bias": torch.zeros(3)}, {})
    return path


def test_vgg_sees_in_four_slices_what_differs_from_the_mean_of_imagenet(vgg: Path):
    loss = Perceptual(features=str(vgg))
    loss.prepare(raw(), "a")
    mean = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1) * 2 - 1
    maps = loss.network(mean.expand(2, 3, 17, 24))
    assert [tuple(each.shape[1:]) for each in maps] == [(64, 17, 24), (128, 8, 12), (256, 4, 6), (512, 2, 3)]
    inner = loss.network.features[:2](loss.network.features[0].weight.new_zeros(1, 3, 17, 24))
    assert not inner.any()
    torch.testing.assert_close(maps[0], loss.network.features[2:4](inner).expand(2, -1, -1, -1), atol=1e-5, rtol=0)
    assert (list(loss.parameters()), weights.own_tensors(loss)) == ([], {})
    images = moved(pictures(1))
    told(loss, images, pictures(1, seed=1)).backward()
    assert images.grad.any()


def test_on_the_meta_device_no_weights_are_read_and_yet_an_absent_file_is_said(tmp_path: Path):
    (tmp_path / "broken.safetensors").write_bytes(b"x")
    with torch.device("meta"):
        assert next(Perceptual(features=str(tmp_path / "broken.safetensors")).buffers()).is_meta
        assert next(Perceptual().buffers()).is_meta
        with pytest.raises(ValueError, match=r"features: .*absent\.safetensors: no such file"):
            Perceptual(features=str(tmp_path / "absent.safetensors"))
    recipe = smallest(f"losses.seen={{use: {{kind: perceptual, features: {tmp_path / 'vgg16.pth'}}}}}")
    with pytest.raises(FabulaError, match=r"^losses\.seen\.use: features: .*pickles are not read; convert it: import"):
        check_model(recipe)


def test_weights_that_are_not_vgg16_are_refused_and_pictures_too_small_for_it(tmp_path: Path, vgg: Path):
    weights.save_tensors(tmp_path / "other.safetensors", {"features.0.weight": torch.zeros(64, 1, 3, 3)}, {})
    with pytest.raises(
        FabulaError, match=r"these weights are not VGG16's: features\.0\.weight is missing or has another shape"
    ):
        Perceptual(features=str(tmp_path / "other.safetensors"))
    with pytest.raises(FabulaError, match=r"data\.picture_size: 7x20 is too small"):
        Perceptual(features=str(vgg)).prepare(np.zeros((1, 7, 20, 3), np.uint8), "a")


# A judge that learns along


def test_the_hinge_ends_where_both_sides_are_told_with_a_margin():
    assert hinge(torch.tensor([1.0, 3]), torch.tensor([-1.0, -2])).item() == 0
    assert hinge(torch.zeros(4), torch.zeros(4)).item() == 2
    assert hinge(torch.tensor([0.5]), torch.tensor([2.0])).item() == pytest.approx(3.5)


def test_each_term_moves_its_own_side_alone():
    loss, painted, true = Adversarial(channels=(8, 16), balance=0.3), moved(pictures(2)), pictures(2, seed=1)
    told(loss, painted, true).backward()
    together = [painted.grad.clone(), *(weight.grad.clone() for weight in loss.judge.parameters())]
    loss.zero_grad()
    painted.grad = None
    (-judged_as_it_is(loss.judge, painted).mean()).backward()
    assert all(weight.grad is None for weight in loss.judge.parameters())
    torch.testing.assert_close(painted.grad, together[0])
    assert painted.grad.any()
    (0.3 * hinge(loss.judge(true), loss.judge(painted.detach()))).backward()
    for weight, expected in zip(loss.judge.parameters(), together[1:], strict=True):
        torch.testing.assert_close(weight.grad, expected)
    assert together[1].any()
    torch.testing.assert_close(painted.grad, together[0])


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (33, 47)])
def test_a_judge_learns_to_tell_two_sets_apart_and_judges_any_size(size: tuple[int, int]):
    torch.manual_seed(0)
    loss, bright = Adversarial(channels=(8, 16)), pictures(6) / 4 + 0.5
    optimizer = torch.optim.Adam(loss.parameters(), 1e-2)
    assert loss.judge(pictures(2, *size)).isfinite().all()
    for _ in range(40):
        optimizer.zero_grad()
        told(loss, -bright, bright).backward()
        optimizer.step()
    assert loss.judge(bright).mean() > 0.8
    assert loss.judge(-bright).mean() < -0.8
    painted = moved(torch.zeros(6, 3, 16, 24))
    told(loss, painted, bright).backward()
    assert painted.grad.mean() < 0, "the painter is told to paint darker"


def test_a_judge_is_the_same_in_evaluation_and_after_it_was_saved(tmp_path: Path):
    one, other = Adversarial(channels=(8, 12)), Adversarial(channels=(8, 12))
    given = pictures(2), pictures(2, seed=1)
    told(one, *given)
    weights.save_tensors(tmp_path / "judge.safetensors", weights.own_tensors(one), {})
    weights.fill(other, weights.load_tensors(tmp_path / "judge.safetensors")[0], tmp_path)
    assert dict(one.named_parameters()).keys() == weights.own_tensors(one).keys()
    assert told(one, *given) == told(other.eval(), *given) == told(one.eval(), *given)


# A whole run


@pytest.fixture
def stopped_at_four(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A run is asked to stop after its fourth step."""
    real = journal.Journal.step

    def step(self, report):
        real(self, report)
        if report.step == 4:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(journal.Journal, "step", step)
    yield
    monkeypatch.undo()


def test_stopped_and_resumed_is_unbroken_even_where_the_cache_was_lost(
    tmp_path: Path, cache: Path, request, monkeypatch
):
    monkeypatch.setattr(journal, "curves", lambda rows, title: Image.new("RGB", (2, 2)))
    monkeypatch.setattr(running, "samples", lambda teller, split, windows: (Image.new("RGB", (2, 2)), None))
    recipe = smallest(*RUN)
    unbroken = run(recipe, tmp_path / "unbroken").parent
    request.getfixturevalue("stopped_at_four")
    with pytest.raises(Stopped):
        run(recipe, tmp_path / "broken")
    for path in cache.iterdir():
        path.unlink()
    run(recipe, tmp_path / "broken", resume=True)
    assert trained_bytes(tmp_path / "broken") == trained_bytes(unbroken)
    steps = [row["losses"].keys() for row in read_log(unbroken / "log.jsonl") if row["event"] == "train"]
    assert {"seen", "edges", "judged"} <= steps[-1]
    newest = max((unbroken / "checkpoints").iterdir())
    objective = [name for name in weights.load_tensors(newest / "train.safetensors")[0] if name.startswith("objective")]
    assert objective
    assert all(".judge." in name for name in objective)
