"""The painter of guesses and samples: its codec, its copies, its flow."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from fabula.decoders.image_flow import FlowImageDecoder, newest_first
from fabula.layers.codec import Codec
from fabula.layers.flow import Flow, Told
from fabula.story import Size
from fabula.types import Frames, Manner, Memory, Tokens

SIZE, DIM, K = Size(22, 45), 16, 3


def pictures(*shape: int, seed: int = 0) -> Tensor:
    """Smooth pictures (..., 3, H, W): few waves, as cells of real pictures have."""
    die = torch.Generator().manual_seed(seed)
    coarse = torch.randn(*shape, 3, 4, 8, generator=die).flatten(0, -4)
    return torch.nn.functional.interpolate(coarse, SIZE, mode="bilinear").tanh().view(*shape, 3, *SIZE)


def memory(count: int = 2) -> Memory:
    present = torch.arange(K) < torch.tensor([3, 2, 0, 1])[:count, None]
    die = torch.Generator().manual_seed(1)
    state = Tokens(torch.randn(count, 5, DIM, generator=die), torch.ones(count, 5, dtype=torch.bool))
    words = torch.full((count, K, 4), 7)
    return Memory(state, Frames(pictures(count, K, seed=2), words, present))


def dice(count: int, seed: int = 0) -> list[torch.Generator]:
    return [torch.Generator().manual_seed(seed + story) for story in range(count)]


@pytest.fixture
def painter() -> FlowImageDecoder:
    torch.manual_seed(0)
    made = FlowImageDecoder(DIM, SIZE, cell=6, code=20, layers=1, flow_layers=1, frames=2)
    made.codec.prepare(pictures(40, seed=5))
    return made.eval()


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 30), st.integers(1, 40), st.sampled_from([2, 6, 8]))
def test_a_codec_that_keeps_everything_gives_the_picture_back(height, width, cell):
    codec = Codec(Size(height, width), cell=cell, code=3 * cell**2, channels=8).eval()
    images = torch.rand(4, 3, height, width) * 2 - 1
    codec.prepare(images)
    torch.testing.assert_close(codec(images).predicted, images, atol=1e-3, rtol=0)


def test_of_linear_codes_the_principal_components_are_the_best():
    images = pictures(40, seed=5)
    codec = Codec(SIZE, cell=6, code=6, channels=8).eval()
    codec.prepare(images)
    least = (codec(images).predicted - images).square().mean()
    for seed in range(5):
        other = Codec(SIZE, cell=6, code=6, channels=8).eval()
        other.prepare(images)
        turned, _ = torch.linalg.qr(torch.randn(108, 6, generator=torch.Generator().manual_seed(seed)))
        other.parts.copy_(turned.T)
        assert (other(images).predicted - images).square().mean() > least


def test_more_components_are_never_worse():
    images, errors = pictures(40, seed=5), []
    for code in (2, 8, 32):
        codec = Codec(SIZE, cell=6, code=code, channels=8).eval()
        codec.prepare(images)
        errors.append(float((codec(images).predicted - images).square().mean()))
    assert errors == sorted(errors, reverse=True)


def test_the_newest_pictures_come_first_and_what_is_absent_is_grey():
    known = memory(4)
    seen = newest_first(known.context, 2)
    assert seen.there.tolist() == [[True, True], [True, True], [False, False], [True, False]]
    assert torch.equal(seen.pictures[0, 0], known.context.images[0, 2])
    assert torch.equal(seen.pictures[1, 1], known.context.images[1, 0])
    assert not seen.pictures[2].any()


@torch.no_grad()
def test_shares_sum_to_one_and_nothing_absent_is_copied(painter):
    known = memory(4)
    sketch = painter._sketch(known)
    shares = painter._shares(sketch.cells, sketch.seen.there)
    torch.testing.assert_close(shares.sum(1), torch.ones_like(shares[:, 0]))
    assert not shares[3, 2].any()
    assert (shares[2, 0] == 1).all()


@torch.no_grad()
def test_a_guess_has_no_dice_and_samples_are_as_their_dice(painter):
    known, guess = memory(), Manner("guess")
    assert torch.equal(painter.generate(known, dice(2), guess), painter.generate(known, dice(2, 9), guess))
    assert torch.equal(painter.generate(known, dice(2)), painter.generate(known, dice(2)))
    assert not torch.equal(painter.generate(known, dice(2)), painter.generate(known, dice(2, 9)))


@torch.no_grad()
def test_guidance_of_one_is_none(painter):
    known = memory()
    plain = painter.generate(known, dice(2), Manner(guidance=1.0))
    near = painter.generate(known, dice(2), Manner(guidance=1.0 + 1e-6))
    torch.testing.assert_close(plain, near, atol=1e-4, rtol=0)
    painter.nothing.add_(1)
    assert torch.equal(plain, painter.generate(known, dice(2), Manner(guidance=1.0)))
    assert not torch.allclose(plain, painter.generate(known, dice(2), Manner(guidance=3.0)), atol=1e-3)


def test_the_codec_learns_in_its_own_stage_alone(painter):
    said = painter.train()(memory(), pictures(2, seed=3))
    (said.predicted.mean() + said.beside["flow"].mean()).backward()
    assert all(weight.grad is None for weight in painter.codec.parameters())
    assert not painter.codec.training
    painter.codec.requires_grad_(True)
    assert painter.train().codec.training


def test_a_flow_that_knows_the_way_arrives_in_one_step_or_many():
    torch.manual_seed(0)
    flow, wanted = Flow(DIM, 4, (2, 3), layers=1, heads=2), torch.randn(2, 6, 4)
    told = Told(torch.zeros(2, 6, DIM), wanted, torch.full((4,), 1e-6))
    torch.nn.init.zeros_(flow.say.weight)
    torch.nn.init.zeros_(flow.say.bias)
    assert float(flow.error(wanted, told).max()) < 1e-8
    for steps in (1, 4, 12):
        torch.testing.assert_close(flow.follow(told, told, dice(2), Manner(steps=steps)), wanted)


def test_what_is_told_at_the_target_changes_no_picture(painter):
    """A changed target changes the errors that are offered, not what is predicted."""
    known = memory()
    one, other = (painter(known, pictures(2, seed=seed)) for seed in (3, 4))
    assert torch.equal(one.predicted, other.predicted)
    assert not torch.equal(one.beside["flow"], other.beside["flow"])
