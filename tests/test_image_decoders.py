"""What each painter promises beyond its role, and the losses that judge a latent and a gate."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import distributions

from fabula.decoders import IMAGE_DECODERS
from fabula.decoders.image_conv import cropped
from fabula.decoders.image_skip import widened
from fabula.layers.normal import WIDEST, Normal, NormalHead
from fabula.losses import LOSSES
from fabula.roles import ImageDecoder
from fabula.spec import recipe_options
from fabula.story import Size
from fabula.types import Compared, Frames, Memory, StoryBatch, StoryOutput, Tokens

B, K, DIM, SIZE = 3, 2, 16, Size(12, 20)
NOTHING = float("nan")


def make(kind: str, **options) -> ImageDecoder:
    torch.manual_seed(0)
    narrow = {"channels": (16, 8)} if "channels" in recipe_options(IMAGE_DECODERS[kind]) else {}
    return IMAGE_DECODERS[kind](DIM, SIZE, **narrow, **options)


def random(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def pictures(seed: int = 5) -> torch.Tensor:
    return random(B, 3, *SIZE, seed=seed).tanh()


def frames(images: torch.Tensor, present: torch.Tensor) -> Frames:
    return Frames(images, torch.zeros(*present.shape, 1, dtype=torch.long), present)


def memory(seed: int = 1) -> Memory:
    """Stories of two frames, of one, of none; NaN where there is no frame."""
    present = torch.arange(K) < torch.tensor([2, 1, 0])[:, None]
    images = torch.where(present[..., None, None, None], random(B, K, 3, *SIZE, seed=seed).tanh(), NOTHING)
    return Memory(Tokens(random(B, 1, DIM), torch.ones(B, 1, dtype=torch.bool)), frames(images, present))


def dice(first: int = 0) -> list[torch.Generator]:
    return [torch.Generator().manual_seed(first + story) for story in range(B)]


def judged(kind: str, batch: StoryBatch | None = None, training: bool = True, **options) -> torch.Tensor:
    """A loss with the terms among the options, the rest are its own."""
    terms = {name: value for name, value in options.items() if isinstance(value, torch.Tensor)}
    own = {name: value for name, value in options.items() if name not in terms}
    still = batch or StoryBatch(memory().context, frames(pictures()[:, None], torch.ones(B, 1, dtype=torch.bool)))
    loss = LOSSES[kind](**own).train(training)
    return loss(StoryOutput(None, None, memory(), terms), still)


def test_a_standard_normal_is_at_no_distance_from_itself():
    none = torch.zeros(B, 5)
    assert not Normal(none, none).kl(Normal(none, none).standard()).any()


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 1000), st.floats(0.1, 3))
def test_the_divergence_is_that_of_torch(seed, scale):
    one, other = (Normal(*(random(2, B, 5, seed=seed + more) * scale)) for more in (0, 1))
    torch_one, torch_other = (distributions.Normal(n.mean, (n.logvar / 2).exp()) for n in (one, other))
    theirs = distributions.kl_divergence(torch_one, torch_other)
    torch.testing.assert_close(one.kl(other), theirs, atol=1e-4, rtol=1e-4)
    formula = -0.5 * (1 + one.logvar - one.mean.square() - one.logvar.exp())
    torch.testing.assert_close(one.kl(one.standard()), formula)


def test_a_latent_has_the_mean_and_the_deviation_that_it_says():
    said = Normal(torch.tensor([[3.0, -1]]), torch.tensor([[0.0, math.log(4)]]))
    drawn = said.at(random(20000, 2))
    torch.testing.assert_close(drawn.mean(0), said.mean[0], atol=0.05, rtol=0)
    torch.testing.assert_close(drawn.std(0), torch.tensor([1.0, 2]), atol=0.05, rtol=0)


@pytest.mark.parametrize("side", [-1, 1])
def test_a_log_variance_beyond_its_bounds_is_bent_back_and_goes_on_learning(side):
    head = NormalHead(DIM, 4)
    torch.nn.init.constant_(head.logvar.bias, side * 2 * WIDEST)
    said = head(random(B, DIM)).logvar
    said.sum().backward()
    assert said.abs().max() <= WIDEST
    assert head.logvar.bias.grad is not None
    assert head.logvar.bias.grad.all()


def test_the_divergence_of_half_precision_is_right_to_half_precision():
    one, other = (Normal(*(random(2, B, 5, seed=seed) * 0.1)) for seed in (0, 1))
    halves = [Normal(*(part.bfloat16() for part in normal)) for normal in (one, other)]
    torch.testing.assert_close(halves[0].kl(halves[1]), one.kl(other), atol=1e-3, rtol=0.05)


@pytest.mark.parametrize("posterior", ["memory", "target"])
def test_what_is_offered_is_one_divergence_for_each_dimension(posterior):
    painter = make("variational", latent=6, posterior=posterior)
    kl = painter(memory(), pictures()).beside["kl"]
    assert kl.shape == (B, 6)
    assert (kl >= 0).all()
    assert kl.any()


@pytest.mark.parametrize("posterior", ["memory", "target"])
def test_training_draws_and_evaluation_does_not(posterior):
    painter = make("variational", posterior=posterior)
    one, other = (painter(memory(), pictures()).predicted for _ in range(2))
    assert not torch.allclose(one, other, atol=1e-4)
    painter.eval()
    assert torch.equal(painter(memory(), pictures()).predicted, painter(memory(), pictures()).predicted)


@pytest.mark.parametrize("posterior", ["memory", "target"])
def test_evaluation_is_the_picture_of_the_mean(posterior):
    painter = make("variational", posterior=posterior, sample=False).eval()
    torch.testing.assert_close(painter(memory(), pictures()).predicted, painter.generate(memory(), dice()))
    painter.sample = True
    assert not torch.allclose(painter.generate(memory(), dice()), painter.generate(memory(), dice(9)), atol=1e-4)


def test_the_true_picture_is_seen_in_training_and_nowhere_else():
    painter = make("variational", posterior="target")

    def said(target: torch.Tensor) -> list[torch.Tensor]:
        torch.manual_seed(3)
        told = painter(memory(), target)
        return [told.predicted, *told.beside.values()]

    assert not torch.allclose(said(pictures())[0], said(-pictures())[0], atol=1e-4)
    painter.eval()
    for one, other in zip(said(pictures()), said(torch.full_like(pictures(), NOTHING)), strict=True):
        assert torch.equal(one, other)
    assert not painter(memory(), pictures()).beside["kl"].any()


def test_a_latent_that_follows_from_the_memory_never_sees_the_true_picture():
    painter = make("variational")
    torch.manual_seed(3)
    one = painter(memory(), pictures())
    torch.manual_seed(3)
    other = painter(memory(), torch.full_like(pictures(), NOTHING))
    assert torch.equal(one.predicted, other.predicted)
    assert torch.equal(one.beside["kl"], other.beside["kl"])


def test_the_divergence_teaches_the_prior():
    painter = make("variational", posterior="target")
    painter(memory(), pictures()).beside["kl"].sum().backward()
    for head in (painter.told, painter.peek.suggest):
        assert all(p.grad is not None and p.grad.any() for p in head.parameters())


def test_the_divergence_of_a_batch_is_summed_over_dimensions_and_averaged_over_stories():
    kl = torch.tensor([[1.0, 0, 2], [3, 0, 4]])
    assert judged("kl", kl=kl).item() == pytest.approx(2 + 0 + 3)


def test_free_bits_are_free_for_each_dimension_on_the_mean_of_the_batch():
    kl = torch.tensor([[0.1, 0.0, 2], [0.5, 0, 4]], requires_grad=True)
    value = judged("kl", kl=kl, free_bits=0.5)
    assert value.item() == pytest.approx(0.5 + 0.5 + 3)
    value.backward()
    assert torch.equal(kl.grad, torch.tensor([[0, 0, 0.5], [0, 0, 0.5]]))
    assert judged("kl", kl=kl, free_bits=0.5, training=False).item() == pytest.approx(0.3 + 0 + 3)


def test_an_open_gate_copies_and_a_shut_one_paints():
    painter, known = make("gated").eval(), memory()
    torch.nn.init.constant_(painter.judge[-1].bias, 100.0)
    told = painter.generate(known, dice())
    assert torch.equal(told[0], known.context.images[0, 1])
    assert torch.equal(told[1], known.context.images[1, 0])
    torch.testing.assert_close(told[2], painter.paint(known)[2])  # nothing to copy
    torch.nn.init.constant_(painter.judge[-1].bias, -200.0)
    torch.testing.assert_close(painter.generate(known, dice()), painter.paint(known))


def test_the_gate_can_be_seen():
    painter, seen = make("gated").eval(), []
    painter.seen.register_forward_hook(lambda _, __, gate: seen.append(gate))
    logit = painter(memory(), pictures()).beside["copy_logit"]
    torch.testing.assert_close(seen[0], logit.sigmoid() * torch.tensor([1.0, 1, 0]))


def test_the_painter_with_skips_sees_the_newest_frame_alone():
    painter, known = make("skip").eval(), memory()

    def told(story: int, frame: int) -> torch.Tensor:
        images = known.context.images.clone()
        images[story, frame] = pictures()[0]
        return painter.generate(Memory(known.state, frames(images, known.context.present)), dice())

    before = painter.generate(known, dice())
    assert torch.equal(told(0, 0), before)
    assert torch.equal(told(1, 1), before)  # absent
    assert not torch.allclose(told(0, 1)[0], before[0], atol=1e-4)
    assert not torch.allclose(told(1, 0)[1], before[1], atol=1e-4)
    assert before.isfinite().all()


@pytest.mark.parametrize("scale", [0, 1])
def test_each_scale_of_the_newest_frame_reaches_the_picture(scale, monkeypatch):
    painter = make("skip").eval()
    before, found = painter.generate(memory(), dice()), painter.content.maps(pictures())
    assert [tuple(seen.shape[-2:]) for seen in found] == [(6, 10), (3, 5)]
    plain = painter.content.maps

    def blinded(picture: torch.Tensor) -> list[torch.Tensor]:
        return [seen * (place != scale) for place, seen in enumerate(plain(picture))]

    monkeypatch.setattr(painter.content, "maps", blinded)
    assert not torch.allclose(painter.generate(memory(), dice()), before, atol=1e-4)


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 9), st.integers(0, 9))
def test_a_widened_picture_cropped_is_the_picture(height, width, down, across):
    picture = random(1, 3, height, width)
    wide = widened(picture, Size(height + down, width + across))
    assert wide.shape[-2:] == (height + down, width + across)
    assert torch.equal(cropped(wide, Size(height, width)), picture)


@pytest.mark.parametrize("blocks", [1, 3])
def test_the_deep_painter_has_its_blocks_at_every_scale(blocks):
    painter, plain = make("deep", blocks=blocks), make("conv")
    count = sum(type(part).__name__ == "ResidualBlock" for part in painter.modules())
    assert count == 2 * blocks
    assert not any(isinstance(part, torch.nn.ConvTranspose2d) for part in painter.content.modules())
    assert sum(p.numel() for p in painter.context.parameters()) == sum(p.numel() for p in plain.context.parameters())


def window(difference: float) -> StoryBatch:
    """Targets that differ by so much on the scale [0, 1] from the newest frame; the last story has none."""
    context = memory().context
    newest = torch.stack([context.images[0, 1], context.images[1, 0], torch.zeros(3, *SIZE)])
    return StoryBatch(context, frames((newest + 2 * difference)[:, None], torch.ones(B, 1, dtype=torch.bool)))


@pytest.mark.parametrize(("difference", "right"), [(0.01, 3.0), (0.2, -3.0)])
def test_a_gate_that_is_right_costs_less_than_one_in_doubt_and_than_one_that_is_wrong(difference, right):
    gates = [torch.full((B,), logit) for logit in (right, 0.0, -right)]
    good, doubtful, wrong = (judged("gate", window(difference), copy_logit=gate).item() for gate in gates)
    assert good < doubtful < wrong
    assert doubtful == pytest.approx(math.log(2))


def test_the_threshold_decides_what_continues():
    gate = torch.full((B,), 3.0)
    strict, mild = (judged("gate", window(0.1), copy_logit=gate, threshold=t) for t in (0.09, 0.11))
    assert mild < strict


def test_a_story_without_a_frame_does_not_judge_the_gate():
    logit = torch.zeros(B, requires_grad=True)
    judged("gate", window(0.01), copy_logit=logit).backward()
    assert logit.grad is not None
    assert logit.grad[:2].all()
    assert not logit.grad[2]
    nobody = StoryBatch(frames(torch.full((B, K, 3, *SIZE), NOTHING), torch.zeros(B, K).bool()), window(0.0).target)
    assert judged("gate", nobody, copy_logit=logit).item() == 0


@pytest.mark.parametrize("kind", sorted(IMAGE_DECODERS))
def test_every_painter_tells_a_picture_of_itself_without_a_frame(kind):
    alone = Memory(memory().state, frames(torch.zeros(B, 1, 3, *SIZE), torch.zeros(B, 1).bool()))
    said = make(kind)(alone, pictures())
    assert isinstance(said, Compared)
    assert said.predicted.isfinite().all()
