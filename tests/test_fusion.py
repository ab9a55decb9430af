"""What each way to join picture and caption promises beyond its role."""

import pytest
import torch
from torch.testing import assert_close

from fabula.fusion import FUSIONS
from fabula.layers.gate import Gate
from fabula.layers.seen import Seen
from fabula.types import Tokens

N, DIM, PLACES, WORDS = 4, 16, 6, 5
BOTH, NO_WORDS, NO_PICTURE, NEITHER = range(N)


def random(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def sides() -> tuple[Tokens, Tokens]:
    """Four frames: whole, without words, without a picture, without both. NaN stands where nothing is."""
    picture = torch.tensor([[True] * PLACES, [True] * PLACES, [False] * PLACES, [False] * PLACES])
    words = torch.tensor([[True, True, True, False, False], [False] * WORDS, [True] * WORDS, [False] * WORDS])
    values = (random(N, PLACES, DIM), random(N, WORDS, DIM, seed=1))
    nan = torch.tensor(float("nan"))
    return tuple(
        Tokens(torch.where(mask[..., None], each, nan), mask)
        for each, mask in zip(values, (picture, words), strict=True)
    )


def fusion(kind: str, **options):
    torch.manual_seed(0)
    return FUSIONS[kind](DIM, **options).eval()


def watched(module, *given) -> dict[str, torch.Tensor]:
    """What passes through each `Seen` of a module."""
    seen = {}
    hooks = [
        part.register_forward_hook(lambda _, __, value, name=name: seen.update({name: value.detach()}))
        for name, part in module.named_modules()
        if isinstance(part, Seen)
    ]
    module(*given)
    for hook in hooks:
        hook.remove()
    return seen


LEARNED = [
    ("cross_attention", {"query": "text"}),
    ("cross_attention", {"query": "image"}),
    ("cross_attention", {"query": "text", "gives": "tokens"}),
    ("cross_attention", {"query": "image", "gives": "tokens"}),
    ("gate", {}),
    ("gate", {"elementwise": False}),
    ("joint", {}),
    ("joint", {"gives": "tokens"}),
    ("bidirectional", {}),
]


@pytest.mark.parametrize(("kind", "options"), LEARNED)
def test_a_side_that_is_alone_counts_alone(kind, options):
    it, (image, text) = fusion(kind, **options), sides()
    fused = it(image, text)
    assert fused.mask.any(-1).tolist() == [True, True, True, False]
    assert fused.values[fused.mask].isfinite().all()
    other_image = Tokens(image.values + random(DIM, seed=7), image.mask)
    other_text = Tokens(text.values + random(DIM, seed=8), text.mask)
    by_image = (it(other_image, text).mean() - fused.mean()).abs().amax(-1) > 1e-4
    by_text = (it(image, other_text).mean() - fused.mean()).abs().amax(-1) > 1e-4
    assert by_image.tolist() == [True, True, False, False]
    assert by_text.tolist() == [True, False, True, False]


@pytest.mark.parametrize("heads", [1, 4, 8])
@pytest.mark.parametrize("query", ["text", "image"])
def test_weights_sum_to_one_over_what_is_asked_and_the_direction_is_the_recipes(heads, query):
    image, text = sides()
    (weights,) = watched(fusion("cross_attention", heads=heads, query=query), image, text).values()
    asking, asked = (text, image) if query == "text" else (image, text)
    assert weights.shape == (N, asking.mask.shape[1], asked.mask.shape[1])
    assert (weights.masked_select(~asked.mask[:, None].expand_as(weights)) == 0).all()
    assert_close(weights.sum(-1), asked.mask.any(-1, keepdim=True).expand(weights.shape[:2]).float())


def test_heads_that_do_not_divide_the_width_are_refused():
    with pytest.raises(ValueError, match="heads: 3 do not divide the width 16"):
        fusion("cross_attention", heads=3)


@pytest.mark.parametrize(("query", "count"), [("text", WORDS), ("image", PLACES)])
def test_all_attended_tokens_and_one_where_nobody_asks(query, count):
    image, text = sides()
    given = fusion("cross_attention", query=query, gives="tokens")(image, text)
    assert given.values.shape == (N, count + 1, DIM)
    alone = NO_WORDS if query == "text" else NO_PICTURE
    assert given.mask[:, -1].tolist() == [frame == alone for frame in range(N)]


@pytest.mark.parametrize("query", ["text", "image"])
def test_one_head_asks_as_the_formula_says(query):
    """softmax(Q K^T / sqrt(d)) V, added to the asking tokens and normalised."""
    it, (image, text) = fusion("cross_attention", heads=1, query=query), sides()
    picture, words = it.image_norm(image.values[BOTH]), it.text_norm(text.values[BOTH, :3])
    asking, asked = (words, picture) if query == "text" else (picture, words)
    attend = it.attend
    weights = (attend.ask(asking) @ attend.key(asked).T / DIM**0.5).softmax(-1)
    found = it.norm(asking + attend.give(weights @ attend.value(asked)))
    assert_close(it(image, text).values[BOTH, 0], found.mean(0))


@pytest.mark.parametrize("elementwise", [True, False])
def test_the_gate_lies_between_0_and_1_and_what_it_gives_between_the_two(elementwise):
    it, (image, text) = fusion("gate", elementwise=elementwise), sides()
    (share,) = watched(it, image, text).values()
    assert share.shape == ((N, DIM) if elementwise else (N,))
    assert ((share[BOTH] > 0) & (share[BOTH] < 1)).all()
    assert (share[NO_WORDS] == 1).all()
    assert (share[NO_PICTURE] == 0).all()
    v, t = (torch.nn.functional.normalize(side.mean()[BOTH], dim=-1) * DIM**0.5 for side in (image, text))
    z = it(image, text).values[BOTH, 0]
    assert ((z >= torch.minimum(v, t) - 1e-6) & (z <= torch.maximum(v, t) + 1e-6)).all()
    assert_close(z, share[BOTH] * v + (1 - share[BOTH]) * t)


def test_the_gate_hears_direction_and_not_length():
    it, (image, text) = fusion("gate"), sides()
    louder = Tokens(image.values * 50, image.mask)
    assert_close(it(louder, text).mean(), it(image, text).mean())


def test_what_the_gate_gives_is_heard_at_any_width():
    for width in (16, 256):
        torch.manual_seed(0)
        one = Tokens(random(64, 1, width), torch.ones(64, 1, dtype=torch.bool))
        other = Tokens(random(64, 1, width, seed=1), one.mask)
        assert 0.5 < FUSIONS["gate"](width)(one, other).values.std() < 1.2


def test_a_gate_can_be_learned():
    """Of two vectors it learns to choose the one whose first entry is larger: a gate that cannot open stays at 0.5."""
    torch.manual_seed(0)
    gate, there = Gate(4, elementwise=False), torch.ones(128, dtype=torch.bool)
    one, other = torch.randn(128, 4), torch.randn(128, 4)
    chosen = torch.where(one[:, :1] > other[:, :1], one, other)
    optimiser = torch.optim.Adam(gate.parameters(), 0.1)
    for _ in range(100):
        optimiser.zero_grad()
        loss = (gate(one, other, there, there) - chosen).square().mean()
        loss.backward()
        optimiser.step()
    assert loss < 0.05 < (0.5 * (one + other) - chosen).square().mean()


def test_joint_attention_reads_across_the_two_sides():
    it, (image, text) = fusion("joint", layers=1, gives="tokens"), sides()
    (weights,) = watched(it, image, text).values()
    assert weights.shape == (N, 1 + PLACES + WORDS, 1 + PLACES + WORDS)
    assert_close(weights[BOTH].sum(-1), torch.ones(1 + PLACES + WORDS))
    assert (weights[BOTH, 1 + PLACES :, 1 : 1 + PLACES] > 0).all()
    assert (weights[NO_WORDS, :, 1 + PLACES :] == 0).all()


def test_joint_tells_picture_from_words_by_their_types():
    it, (image, _) = fusion("joint"), sides()
    torch.nn.init.normal_(it.types)
    it.text_norm.load_state_dict(it.image_norm.state_dict())
    some = Tokens(image.values[:1], image.mask[:1])
    none = Tokens(some.values, torch.zeros_like(some.mask))
    assert not torch.allclose(it(some, none).mean(), it(none, some).mean(), atol=1e-3)


def test_both_ways_are_asked_and_mixed():
    it, (image, text) = fusion("bidirectional"), sides()
    seen = watched(it, image, text)
    assert seen["ask_picture.seen"].shape == (N, WORDS, PLACES)
    assert seen["ask_words.seen"].shape == (N, PLACES, WORDS)
    share = seen["gate.seen"]
    assert (share[NO_WORDS] == 1).all()
    assert (share[NO_PICTURE] == 0).all()
    assert ((share[BOTH] > 0) & (share[BOTH] < 1)).all()


def test_the_share_of_both_ways_is_the_pictures():
    """With a share of 1, words change only how the picture is asked: nothing, where every question is the same."""
    it, (image, text) = fusion("bidirectional"), sides()
    it.gate.weigh.bias.data.fill_(30.0)
    it.ask_picture.ask.weight.data.zero_()
    other = Tokens(text.values + random(DIM, seed=8), text.mask)
    assert_close(it(image, text).mean()[BOTH], it(image, other).mean()[BOTH])
    it.gate.weigh.bias.data.fill_(-30.0)
    assert not torch.allclose(it(image, text).mean()[BOTH], it(image, other).mean()[BOTH], atol=1e-3)
