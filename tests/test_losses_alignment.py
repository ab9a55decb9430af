"""Losses that bring pictures and captions together, and those that keep the telling of a frame itself alive."""

import math
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from smallest import SMALL_MODEL, smallest

from fabula import recipe as recipes
from fabula.building import build_model, check_model
from fabula.errors import FabulaError
from fabula.losses import LOSSES
from fabula.spec import Spec
from fabula.story import Size
from fabula.types import Compared, Frames, Memory, StoryBatch, StoryOutput, Tokens, Vocabulary

B, K, DIM = 3, 4, 8
PRESENT = torch.arange(K) < torch.tensor([4, 2, 0])[:, None]
N = int(PRESENT.sum())
ALIGNING = [("cosine", {}), ("cosine", {"centred": True}), ("contrastive", {}), ("contrastive", {"learned": True})]
aligning = pytest.mark.parametrize(("kind", "options"), ALIGNING)
AGAIN = [("image_again", "image"), ("caption_again", "text")]


def random(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def output(
    pictures: torch.Tensor,
    texts: torch.Tensor,
    present: torch.Tensor = PRESENT,
    words: torch.Tensor | None = None,
) -> StoryOutput:
    """Vectors (B, K, D), each frame with words of its own if none are given."""
    own = torch.arange(present.numel()).view(*present.shape, 1) + 4
    context = Frames(torch.zeros(*present.shape, 3, 1, 1), own if words is None else words, present)
    state = Tokens(torch.zeros(len(present), 1, DIM), present[:, :1])
    return StoryOutput(None, None, Memory(state, context), {"picture_vectors": pictures, "text_vectors": texts})


def cost(kind: str, said: StoryOutput, **options) -> torch.Tensor:
    return LOSSES[kind](**options)(said, StoryBatch(said.memory.context, said.memory.context))


@settings(deadline=None, max_examples=30)
@given(st.floats(0.1, 50), st.integers(0, 2**16), st.booleans())
def test_equal_directions_cost_no_cosine_and_opposite_ones_two(length, seed, centred):
    vectors = random(B, K, DIM, seed=seed)
    assert cost("cosine", output(vectors, vectors * length), centred=centred).item() == pytest.approx(0, abs=1e-5)
    assert cost("cosine", output(vectors, vectors * -length), centred=centred).item() == pytest.approx(2, abs=1e-5)


def test_what_all_frames_share_satisfies_a_cosine_but_not_a_centred_one():
    shared = 100 * random(DIM, seed=9)
    said = output(random(B, K, DIM) + shared, random(B, K, DIM, seed=1) + shared)
    assert cost("cosine", said) < 0.01
    assert cost("cosine", said, centred=True) > 0.3


@pytest.mark.parametrize("learned", [False, True])
def test_vectors_that_are_all_alike_cost_the_logarithm_of_their_number(learned):
    alike = torch.ones(B, K, DIM)
    assert cost("contrastive", output(alike, alike), learned=learned).item() == pytest.approx(math.log(N), abs=1e-5)


def test_perfect_pairs_cost_nearly_nothing_and_wrong_ones_much():
    one_each = torch.eye(B * K).view(B, K, -1)
    assert cost("contrastive", output(one_each, one_each)) < 1e-4
    assert cost("contrastive", output(one_each, one_each.flip(1))) > 5


def test_both_directions_count_alike():
    one, other = random(B, K, DIM), random(B, K, DIM, seed=1)
    there, back = cost("contrastive", output(one, other)), cost("contrastive", output(other, one))
    assert there.item() == pytest.approx(back.item())


def test_the_same_frame_in_two_windows_is_not_its_own_negative():
    eye = torch.eye(B * K).view(B, K, -1).clone()
    eye[1, :2] = eye[0, 2:]  # the second story's frames are the first one's last two
    words = torch.arange(B * K).view(B, K, 1) + 4
    doubled = words.clone()
    doubled[1, :2] = words[0, 2:]
    assert cost("contrastive", output(eye, eye, words=doubled)) < 1e-4
    assert cost("contrastive", output(eye, eye, words=words)).item() == pytest.approx(math.log(2) * 4 / N, abs=1e-4)


def test_a_temperature_is_what_cosines_are_divided_by():
    one, other = random(1, 2, DIM), random(1, 2, DIM, seed=1)
    cosines = torch.nn.functional.cosine_similarity(one[0][:, None], other[0], dim=-1)
    for options in ({}, {"learned": True}):
        scores = (cosines / 0.5).double()
        by_hand = -(scores.log_softmax(1).diagonal() + scores.log_softmax(0).diagonal()).mean() / 2
        said = output(one, other, torch.ones(1, 2, dtype=torch.bool))
        assert cost("contrastive", said, temperature=0.5, **options).item() == pytest.approx(by_hand.item(), rel=1e-4)


def test_a_learned_temperature_learns_and_comes_back_from_its_limit():
    loss, said = LOSSES["contrastive"](learned=True), output(random(B, K, DIM), random(B, K, DIM, seed=1))
    with torch.no_grad():
        loss.log_scale.fill_(50.0)
    value = loss(said, StoryBatch(said.memory.context, said.memory.context))
    value.backward()
    assert loss.scale().item() == pytest.approx(100)
    assert loss.log_scale.grad > 0, "wrong pairs: a colder scale costs more"


@aligning
@pytest.mark.parametrize("noise", [7.0, float("nan")])
def test_absent_frames_change_nothing(kind, options, noise):
    one, other, there = random(B, K, DIM), random(B, K, DIM, seed=1), PRESENT[..., None]
    words = torch.arange(B * K).view(B, K, 1) + 4
    plain = output(one, other)
    noisy = [torch.where(there, part, noise).requires_grad_() for part in (one, other)]
    value = cost(kind, output(*noisy, words=torch.where(there, words, 4)), **options)
    assert value.item() == pytest.approx(cost(kind, plain, **options).item())
    value.backward()
    for part in noisy:
        assert part.grad.isfinite().all()
        assert part.grad.masked_select(there).any()
        assert not part.grad.masked_select(~there).any()


@pytest.mark.parametrize("frames", [0, 1])
@pytest.mark.parametrize(("kind", "options"), ALIGNING[1:])
def test_a_batch_with_nothing_to_compare_costs_nothing(kind, options, frames):
    present = torch.zeros_like(PRESENT)
    present[0, :frames] = True
    one, other = (random(B, K, DIM, seed=seed).requires_grad_() for seed in (0, 1))
    value = cost(kind, output(one, other, present), **options)
    value.backward()
    assert value.item() == 0
    assert not one.grad.any()
    assert not other.grad.any()


def small_pass(*wanted: str) -> tuple[torch.nn.Module, StoryOutput, StoryBatch]:
    """A small model's pass over three stories, the last one without a frame."""
    torch.manual_seed(0)
    vocabulary = Vocabulary(30, pad=0, begin=1, end=2)
    model = build_model(SMALL_MODEL, Size(12, 20), vocabulary)
    words = torch.randint(3, 30, (B, K, 5)).masked_fill(~PRESENT[..., None], 0)
    context = Frames(random(B, K, 3, 12, 20).tanh(), words, PRESENT)
    target = Frames(context.images[:, :1], context.captions[:, :1], PRESENT[:, :1])
    batch = StoryBatch(context, target)
    return model, model(batch, wanted), batch


@pytest.mark.parametrize(("name", "side"), AGAIN)
def test_telling_a_frame_again_teaches_its_encoder_and_its_decoder_alone(name, side):
    model, said, batch = small_pass(name)
    LOSSES[name]()(said, batch).backward()
    parts = {"image": ("image_encoder", "image_decoder"), "text": ("text_encoder", "caption_decoder")}[side]
    for slot, part in model.named_children():
        taught = any(weight.grad is not None and weight.grad.any() for weight in part.parameters())
        assert taught == (slot in parts), slot


def test_stories_without_a_frame_are_not_told_again():
    _, said, batch = small_pass("image_again", "caption_again")
    for name in ("image", "caption"):
        told = said.again[name]
        changed = torch.cat([told.predicted[:2], torch.full_like(told.predicted[2:], 9.0)])
        other = replace(said, again={name: replace(told, predicted=changed)})
        loss = LOSSES[f"{name}_again"]()
        assert loss(other, batch).item() == pytest.approx(loss(said, batch).item())


def test_told_again_is_measured_in_shades_and_in_nats():
    said = output(random(B, K, DIM), random(B, K, DIM))
    picture = Compared(torch.full((B, 3, 2, 2), 0.5), torch.full((B, 3, 2, 2), -0.25))
    caption = Compared(torch.zeros(B, 2, 7), torch.tensor([[3, 1], [2, -100], [-100, -100]]))
    said = replace(said, again={"image": picture, "caption": caption})
    assert cost("image_again", said).item() == pytest.approx(0.75)
    assert cost("caption_again", said).item() == pytest.approx(math.log(7))


@pytest.mark.parametrize("name", ["cosine", "contrastive", "image_again", "caption_again"])
def test_a_story_model_offers_what_they_need(name):
    check_model(smallest(f"losses={{mine: {{use: {name}}}}}"))


LACKING = [
    ("image_again", "model.image_decoder=null", "picture told of itself.*image_decoder"),
    ("caption_again", "model.caption_decoder=null", "caption told of itself.*caption_decoder"),
]


@pytest.mark.parametrize(("name", "override", "said"), LACKING)
def test_a_model_that_lacks_the_decoder_is_refused(name, override, said):
    alone = replace(smallest(override), losses={"mine": recipes.Loss(Spec(name))})
    with pytest.raises(FabulaError, match=rf"^losses\.mine: this loss needs a {said}"):
        check_model(alone)


@pytest.mark.parametrize("name", ["cosine", "contrastive", "image_again"])
def test_a_stage_that_tells_single_frames_cannot_serve_them(name):
    losses = {"mine": recipes.Loss(Spec(name))}
    with pytest.raises(FabulaError, match=r"losses\.mine: this loss needs .*: a story model") as told:
        check_model(replace(smallest(), stage="picture", losses=losses))
    assert len(set(str(told.value).splitlines())) == 1


@pytest.mark.parametrize("name", ["cosine", "contrastive", "image_again", "caption_again"])
def test_a_loss_without_its_part_says_so(name):
    said = replace(output(random(B, K, DIM), random(B, K, DIM)), terms={})
    with pytest.raises(FabulaError, match="this loss needs"):
        cost(name, said)
