"""Losses against arithmetic done by hand, and the weights that an objective gives them."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from fabula import recipe as recipes
from fabula.errors import FabulaError
from fabula.layers.frames import mean_frame
from fabula.layers.words import IGNORED
from fabula.losses import LOSSES
from fabula.losses.caption import caption_nats
from fabula.objective import Objective, weight
from fabula.spec import Spec
from fabula.types import Compared, Frames, Memory, StoryBatch, StoryOutput, Tokens


def frames(images: torch.Tensor, present: torch.Tensor) -> Frames:
    return Frames(images, torch.zeros(*present.shape, 1, dtype=torch.long), present)


def batch(context: Frames | None = None) -> StoryBatch:
    one = context or frames(torch.zeros(2, 1, 3, 2, 2), torch.ones(2, 1, dtype=torch.bool))
    return StoryBatch(one, one)


def output(image: Compared | None = None, caption: Compared | None = None, **terms: torch.Tensor) -> StoryOutput:
    memory = Memory(Tokens(torch.zeros(2, 1, 4), torch.ones(2, 1, dtype=torch.bool)), batch().context)
    return StoryOutput(image, caption, memory, terms)


def test_pixel_losses_are_means_over_pixels():
    image = Compared(torch.full((2, 3, 4, 5), 0.5), torch.full((2, 3, 4, 5), -0.25))
    assert LOSSES["l1"]()(output(image), batch()).item() == pytest.approx(0.75)
    assert LOSSES["mse"]()(output(image), batch()).item() == pytest.approx(0.75**2)


def test_uniform_logits_cost_the_logarithm_of_the_vocabulary():
    ids = torch.tensor([[3, 1, IGNORED], [2, IGNORED, IGNORED]])
    caption = Compared(torch.zeros(2, 3, 7), ids)
    assert LOSSES["caption"]()(output(caption=caption), batch()).item() == pytest.approx(math.log(7))
    torch.testing.assert_close(caption_nats(caption), torch.tensor([[1.0, 1, 0], [1, 0, 0]]) * math.log(7))


def test_the_caption_loss_is_the_mean_over_tokens_not_over_captions():
    caption = Compared(torch.randn(2, 3, 7), torch.tensor([[3, 1, 4], [2, IGNORED, IGNORED]]))
    nats = caption_nats(caption)
    assert LOSSES["caption"]()(output(caption=caption), batch()).item() == pytest.approx(nats.sum().item() / 4)


def test_what_is_predicted_at_padding_costs_nothing():
    ids = torch.tensor([[3, 1, IGNORED], [2, IGNORED, IGNORED]])
    logits = torch.randn(2, 3, 7)
    noisy = torch.where((ids == IGNORED)[..., None], torch.randn(2, 3, 7) * 9, logits)
    for smoothing in (0.0, 0.2):
        loss = LOSSES["caption"](smoothing=smoothing)
        one, other = (loss(output(caption=Compared(said, ids)), batch()) for said in (logits, noisy))
        assert one.item() == pytest.approx(other.item())


def test_smoothing_is_for_training_alone():
    caption = Compared(torch.randn(2, 3, 7), torch.randint(7, (2, 3)))
    plain, smooth = LOSSES["caption"](), LOSSES["caption"](smoothing=0.3)
    assert smooth(output(caption=caption), batch()) != plain(output(caption=caption), batch())
    assert smooth.eval()(output(caption=caption), batch()) == plain(output(caption=caption), batch())


def test_captions_of_padding_alone_cost_nothing():
    logits = torch.zeros(1, 2, 5, requires_grad=True)
    loss = LOSSES["caption"]()(output(caption=Compared(logits, torch.full((1, 2), IGNORED))), batch())
    loss.backward()
    assert loss.item() == 0
    assert logits.grad is not None
    assert not logits.grad.any()


@pytest.mark.parametrize("noise", [5.0, float("nan")])
def test_the_context_loss_is_against_the_mean_of_present_frames(noise):
    images = torch.rand(2, 3, 3, 2, 2)
    present = torch.tensor([[True, True, False], [False, False, False]])
    images = torch.where(present[..., None, None, None], images, noise)
    mean = mean_frame(frames(images, present))
    torch.testing.assert_close(mean[0], images[0, :2].mean(0))
    assert not mean[1].any()
    loss = LOSSES["context"]()(output(context_picture=mean + 0.5), batch(frames(images, present)))
    assert loss.item() == pytest.approx(0.25)


LACKING = [("l1", "image_decoder"), ("caption", "caption_decoder"), ("context", "context_picture")]


@pytest.mark.parametrize(("kind", "what"), LACKING)
def test_a_loss_without_its_part_says_which(kind, what):
    with pytest.raises(FabulaError, match=what):
        LOSSES[kind]()(output(), batch())
    with pytest.raises(FabulaError, match=rf"losses\.mine: .*{what}"):
        Objective({"mine": recipes.Loss(Spec(kind))}, offers=())


@settings(deadline=None)
@given(st.integers(0, 50), st.integers(0, 50), st.floats(-10, 10))
def test_a_weight_starts_rises_and_stays(start, ramp, full):
    plan = recipes.Loss(Spec("l1"), weight=full, start_step=start, ramp_steps=ramp)
    weights = [weight(plan, step) for step in range(start + ramp + 3)]
    assert not any(weights[:start])
    assert weights[start + max(ramp - 1, 0) :] == [full] * (len(weights) - start - max(ramp - 1, 0))
    steps = [after - before for before, after in zip(weights[start:], weights[start + 1 :], strict=False)]
    assert all(step * full >= 0 for step in steps)


def test_the_total_is_the_weighted_sum_of_the_active_parts():
    losses = {
        "near": recipes.Loss(Spec("l1"), weight=2.0),
        "far": recipes.Loss(Spec("mse"), weight=10.0, start_step=4, ramp_steps=2),
    }
    objective = Objective(losses)
    image = Compared(torch.rand(2, 3, 4, 5, requires_grad=True), torch.rand(2, 3, 4, 5))
    early, first, later = (objective(output(image), batch(), step) for step in (3, 4, 5))
    assert early[1].keys() == {"near"}
    assert early[0].item() == pytest.approx(2 * early[1]["near"].item())
    for share, (total, parts) in ((0.5, first), (1.0, later)):
        assert total.item() == pytest.approx(2 * parts["near"].item() + 10 * share * parts["far"].item())
        assert not any(part.requires_grad for part in parts.values())


def test_before_any_loss_starts_there_is_nothing_to_learn():
    objective = Objective({"late": recipes.Loss(Spec("l1"), start_step=9)})
    total, parts = objective(output(), batch(), 0)
    assert total.item() == 0
    assert parts == {}


def test_two_losses_of_one_kind_have_their_own_names():
    objective = Objective({name: recipes.Loss(Spec("l1")) for name in ("one", "two")})
    image = Compared(torch.rand(2, 3, 4, 5), torch.rand(2, 3, 4, 5))
    assert objective(output(image), batch(), 0)[1].keys() == {"one", "two"}
