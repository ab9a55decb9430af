"""The writer that reads a story as one line: what it keeps, what it may see, what its voices say."""

import numpy as np
import pytest
import torch
from torch import Tensor

from fabula.decoders.caption_story import StoryCaptionDecoder
from fabula.layers.line import in_line
from fabula.layers.words import IGNORED
from fabula.types import Frames, Memory, Tokens, Vocabulary

B, K, L, DIM, F = 3, 4, 7, 16, 2
VOCABULARY = Vocabulary(23, pad=0, begin=1, end=2)


def captions(seed: int, *shape: int) -> Tensor:
    """Words, the end token, padding."""
    die = torch.Generator().manual_seed(seed)
    ids = torch.randint(4, VOCABULARY.size, (*shape, L), generator=die)
    ends = torch.randint(1, L, (*shape, 1), generator=die)
    places = torch.arange(L)
    return torch.where(places == ends, VOCABULARY.end, ids).masked_fill(places > ends, VOCABULARY.pad)


def memory(seed: int = 0, counts: tuple[int, ...] = (4, 2, 1)) -> Memory:
    present = torch.arange(K) < torch.tensor(counts)[:, None]
    die = torch.Generator().manual_seed(seed)
    pictures = Tokens(torch.randn(B, K, F, DIM, generator=die), present[..., None].expand(B, K, F))
    nothing = torch.zeros(B, 1, DIM)
    frames = Frames(torch.zeros(B, K, 3, 2, 2), captions(seed, B, K), present)
    return Memory(Tokens(nothing, nothing[..., 0].bool()), frames, pictures=pictures)


@pytest.fixture(params=[False, True], ids=["alone", "with counts"])
def writer(request) -> StoryCaptionDecoder:
    torch.manual_seed(0)
    made = StoryCaptionDecoder(DIM, VOCABULARY, layers=2, heads=2, counts=request.param, pictures=F)
    made.prepare(captions(3, 8).numpy(), np.arange(8) // 2)
    return made.eval()


def test_a_line_has_no_gaps_and_keeps_the_order():
    values = torch.arange(12.0).view(2, 6, 1)
    mask = torch.tensor([[True, False, True, True, False, False], [False] * 6])
    line = in_line(Tokens(values, mask))
    assert line.values[0, :, 0].tolist() == [0, 2, 3]
    assert line.real.tolist() == [[True] * 3, [False] * 3]
    assert line.take(torch.arange(12).view(2, 6), -1).tolist() == [[0, 2, 3], [-1] * 3]


@torch.no_grad()
def test_word_by_word_is_what_one_pass_says(writer):
    known, target = memory(), captions(9, B)
    once = writer(known, target).predicted
    carry, word = writer.begin(known), torch.full((B,), VOCABULARY.begin)
    for place in range(L):
        logits, carry = writer.step(word, carry)
        going = target[:, place] != VOCABULARY.pad
        torch.testing.assert_close(logits[going], once[going, place], atol=1e-5, rtol=1e-4)
        word = target[:, place]


@torch.no_grad()
def test_the_voices_together_are_a_distribution(writer):
    said = writer(memory(), captions(9, B)).predicted.exp().sum(-1)
    torch.testing.assert_close(said, torch.ones_like(said), atol=1e-4, rtol=0)


@torch.no_grad()
def test_what_is_retold_is_what_is_told_of_the_frames_before(writer):
    """The last caption of the context, told as a target of the frames before it by one who sees its picture."""
    known = memory(counts=(4, 4, 4))
    nats = writer.captioned(known)
    blind = known.pictures.mask.clone()
    blind[:, -1] = False
    unseen = writer.captioned(Memory(known.state, known.context, pictures=known.pictures._replace(mask=blind)))
    before = Frames(*(part[:, :-1] for part in (known.context.images, known.context.captions, known.context.present)))
    earlier = Memory(known.state, before, pictures=Tokens(*(part[:, :-1] for part in known.pictures)))
    compared = writer(earlier, known.context.captions[:, -1])
    there = compared.expected != IGNORED
    said = compared.predicted.gather(2, compared.expected.clamp(min=0)[..., None])[..., 0]
    torch.testing.assert_close(unseen, (said * there).sum(1), atol=1e-4, rtol=1e-4)
    assert not torch.allclose(nats, unseen, atol=1e-3)


@torch.no_grad()
def test_what_follows_changes_nothing_that_was_read_before(writer):
    known = memory()
    one, other = (writer.reading(known, captions(seed, B)) for seed in (9, 10))
    same = min(one.values.shape[1], other.values.shape[1]) - L
    torch.testing.assert_close(one.values[0, :same], other.values[0, :same])
    assert not torch.allclose(one.values[0, same + 1 : same + 3], other.values[0, same + 1 : same + 3])


@torch.no_grad()
def test_a_caption_that_is_not_heard_is_not_read(writer):
    known = memory()
    heard = writer.reading(known, captions(9, B))
    deaf = writer.reading(known, captions(9, B), torch.tensor([False, True, False]))
    assert (heard.mask.sum(1) - deaf.mask.sum(1)).tolist() == [
        int((captions(9, B)[row] != VOCABULARY.pad).sum()) * (row != 1) for row in range(B)
    ]


def test_in_training_half_the_pictures_are_hidden_and_none_in_telling(writer):
    writer.train()
    known = memory(counts=(4, 4, 4))
    torch.manual_seed(0)
    shares = [float(writer._pictures(known).mask.float().mean()) for _ in range(200)]
    assert 0.4 < np.mean(shares) < 0.6
    assert writer.eval()._pictures(known).mask.all()


@torch.no_grad()
def test_how_far_captions_are_padded_says_nothing(writer):
    """A short caption after long ones, a long one after short ones."""
    known, target = memory(), captions(9, B)
    said = writer(known, target).predicted
    longer = torch.nn.functional.pad(target, (0, 3), value=VOCABULARY.pad)
    torch.testing.assert_close(writer(known, longer).predicted[:, :L], said, atol=1e-5, rtol=1e-4)
    images, words, present = known.context.images, known.context.captions, known.context.present
    wide = Frames(images, torch.nn.functional.pad(words, (0, 3), value=VOCABULARY.pad), present)
    torch.testing.assert_close(
        writer(Memory(known.state, wide, pictures=known.pictures), target).predicted, said, atol=1e-5, rtol=1e-4
    )
