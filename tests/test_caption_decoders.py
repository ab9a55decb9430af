"""Caption decoders that ask the tokens of a memory: what they find, what they keep, and what a mean cannot tell."""

import pytest
import torch

from fabula.decoders import CAPTION_DECODERS, Unconditional
from fabula.layers.seen import Seen
from fabula.losses.caption import caption_nats
from fabula.roles import CaptionDecoder
from fabula.types import Frames, Memory, Tokens, Vocabulary

DIM, L = 16, 6
VOCABULARY = Vocabulary(20, pad=0, begin=1, end=2)
ASKING = [(kind, {"attention": True}) for kind in ("gru", "lstm", "pointer")] + [("transformer", {})]
asking = pytest.mark.parametrize(("kind", "options"), ASKING)


def decoder(kind: str, **options) -> CaptionDecoder:
    torch.manual_seed(0)
    return CAPTION_DECODERS[kind](DIM, VOCABULARY, **options).eval()


def known(values: torch.Tensor, mask: torch.Tensor | None = None) -> Memory:
    """(B, S, D): a memory of these tokens, and no frame."""
    mask = torch.ones(values.shape[:2], dtype=torch.bool) if mask is None else mask
    absent = torch.zeros(len(values), 1, dtype=torch.bool)
    frames = Frames(torch.zeros(len(values), 1, 3, 1, 1), torch.zeros(len(values), 1, 1).long(), absent)
    return Memory(Tokens(values, mask), frames)


def random(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def ids(count: int, seed: int = 0) -> torch.Tensor:
    """(count, L) words and no end."""
    return torch.randint(3, VOCABULARY.size, (count, L), generator=torch.Generator().manual_seed(seed))


def around_one_mean(count: int, seed: int = 0) -> torch.Tensor:
    """(count, 2, D): pairs of tokens, opposite to each other, so that the mean of each is zero."""
    half = random(count, 1, DIM, seed=seed)
    return torch.cat([half, -half], 1)


@pytest.mark.parametrize("kind", ["gru", "lstm", "pointer"])
def test_a_story_without_tokens_is_written_as_if_nobody_asked(kind):
    nothing = known(random(2, 3, DIM), torch.zeros(2, 3, dtype=torch.bool))
    asked, plain = (decoder(kind, attention=choice)(nothing, ids(2)).predicted for choice in (True, False))
    assert torch.equal(asked, plain)


@pytest.mark.parametrize("kind", ["gru", "lstm"])
def test_only_who_asks_the_tokens_tells_memories_of_one_mean_apart(kind):
    memory, words = known(around_one_mean(2)), ids(1).expand(2, L)
    plain, asked = (decoder(kind, attention=choice)(memory, words).predicted for choice in (False, True))
    torch.testing.assert_close(plain[0], plain[1])
    assert ((asked[0] - asked[1]).abs().amax(-1) > 1e-4).all()


@asking
def test_captions_that_no_mean_can_tell_apart_are_learned(kind, options):
    memory = known(around_one_mean(2))
    words = torch.stack([torch.full((L,), 5), torch.full((L,), 9)])
    writer = decoder(kind, **options, dropout=0.0, word_dropout=0.0).train()
    optimizer = torch.optim.Adam(writer.parameters(), 1e-2)
    for _ in range(40):
        first = caption_nats(writer(memory, words))[:, 0].mean()
        optimizer.zero_grad()
        first.backward()
        optimizer.step()
    assert first < 0.1, "without the tokens the first word is a coin toss, at log 2"


@asking
def test_weights_over_the_memory_can_be_seen(kind, options):
    mask = torch.tensor([[True, True, True], [True, False, True], [False, False, False]])
    memory, writer, seen = known(random(3, 3, DIM), mask), decoder(kind, **options), []
    over_memory = [part for part in writer.modules() if isinstance(part, Seen) and part.axes == "B L S"]
    for part in over_memory:
        part.register_forward_hook(lambda _, __, weights: seen.append(weights))
    writer(memory, ids(3))
    assert len(seen) == len(over_memory) > 0
    for weights in seen:
        assert weights.shape == (3, L, 3)
        torch.testing.assert_close(weights.sum(-1), mask.any(-1, keepdim=True).float().expand(3, L))
        assert not weights.masked_select(~mask[:, None]).any()


@asking
def test_the_memory_is_read_once_for_a_whole_caption(kind, options):
    writer, reads = decoder(kind, **options), []
    for name, part in writer.named_modules():
        if name.endswith("ask.attention.key"):
            part.register_forward_hook(lambda *_: reads.append(1))
    carry = writer.begin(known(random(2, 3, DIM)))
    before = len(reads)
    for _ in range(4):
        _, carry = writer.step(torch.full((2,), 5), carry)
    assert len(reads) == before > 0


@asking
def test_before_an_empty_memory_it_is_a_language_model(kind, options):
    model = Unconditional(decoder(kind, **options), DIM, VOCABULARY)
    loss = caption_nats(model(ids(3))).mean()
    loss.backward()
    grads = [weight.grad for weight in model.parameters() if weight.grad is not None]
    assert loss.isfinite()
    assert grads
    assert all(grad.isfinite().all() for grad in grads)


@pytest.mark.parametrize("layers", [1, 3])
def test_a_transformer_computes_one_word_a_step_and_keeps_the_others(layers):
    writer, lengths = decoder("transformer", layers=layers), []
    writer.enter.register_forward_hook(lambda _, given, __: lengths.append(given[0].shape[1]))
    carry = writer.begin(known(random(2, 3, DIM)))
    for place in range(4):
        kept = [part.shape for part in carry]
        _, carry = writer.step(torch.full((2,), 5), carry)
        grown = [number for number, part in enumerate(carry) if part.shape != kept[number]]
        assert len(grown) == 2 * layers, "a key and a value a layer; the memory stays"
        assert all(carry[number].shape[2] == place + 1 for number in grown)
    assert lengths == [1, 1, 1, 1]


def test_one_token_of_memory_changes_every_word_of_a_transformer():
    memory, words = known(random(2, 1, DIM)), ids(1).expand(2, L)
    logits = decoder("transformer")(memory, words).predicted
    assert ((logits[0] - logits[1]).abs().amax(-1) > 1e-4).all()


def test_a_transformer_of_one_layer_hears_the_order_of_the_words():
    writer, memory, words = decoder("transformer", layers=1), known(random(1, 2, DIM)), ids(1)
    swapped = words[:, [1, 0, *range(2, L)]]
    one, other = (writer(memory, each).predicted for each in (words, swapped))
    assert ((one - other)[:, 2:].abs().amax(-1) > 1e-5).all()


def test_heads_that_do_not_divide_the_width_are_refused():
    with pytest.raises(ValueError, match=r"heads: 3 do not divide the width 16"):
        decoder("transformer", heads=3)
