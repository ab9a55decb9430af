"""Decoders that copy: from the context's words, and from its pixels."""

import torch

from fabula.decoders import CAPTION_DECODERS, IMAGE_DECODERS
from fabula.story import Size
from fabula.types import Frames, Memory, Tokens, Vocabulary

DIM, SIZE, NAME = 16, Size(12, 20), 20
VOCABULARY = Vocabulary(24, pad=0, begin=1, end=2)


def memory(captions: torch.Tensor, images: torch.Tensor, present: torch.Tensor) -> Memory:
    state = torch.randn(len(captions), 1, DIM, generator=torch.Generator().manual_seed(0))
    return Memory(Tokens(state, torch.ones(len(captions), 1, dtype=torch.bool)), Frames(images, captions, present))


def context(present: tuple[bool, bool] = (True, True)) -> Memory:
    die = torch.Generator().manual_seed(1)
    captions = torch.tensor([[[5, NAME, 6, 2, 0], [7, 8, 2, 0, 0]]])
    images = torch.rand(1, 2, 3, *SIZE, generator=die) * 2 - 1
    return memory(captions, images, torch.tensor([present]))


def test_choosing_and_copying_are_one_distribution():
    writer = CAPTION_DECODERS["pointer"](DIM, VOCABULARY).eval()
    logits = writer(context(), torch.tensor([[5, 6, 2, 0]])).predicted
    torch.testing.assert_close(logits.exp().sum(-1), torch.ones(1, 4), atol=1e-4, rtol=0)


def test_with_the_gate_open_only_words_of_the_context_are_said():
    writer = CAPTION_DECODERS["pointer"](DIM, VOCABULARY).eval()
    torch.nn.init.constant_(writer.speak.copies.bias, 50.0)
    chances = writer(context(), torch.tensor([[5, 6, 2, 0]])).predicted.exp()
    said = {word for word in range(VOCABULARY.size) if (chances[..., word] > 1e-6).any()}
    assert said == {5, NAME, 6, 7, 8}


def test_the_words_of_an_absent_frame_are_not_copied():
    writer = CAPTION_DECODERS["pointer"](DIM, VOCABULARY).eval()
    torch.nn.init.constant_(writer.speak.copies.bias, 50.0)
    chances = writer(context((True, False)), torch.tensor([[5, 6, 2, 0]])).predicted.exp()
    assert chances[..., [7, 8]].max() < 1e-6 < chances[..., NAME].min()


def test_a_painter_that_copies_stays_between_its_sources():
    painter = IMAGE_DECODERS["copy"](DIM, SIZE).eval()
    grey = memory(torch.zeros(1, 2, 3, dtype=torch.long), torch.full((1, 2, 3, *SIZE), 0.5), torch.ones(1, 2).bool())
    planes = painter.content(grey.state.mean())
    told = painter.generate(grey, [torch.Generator()])
    low, high = planes[:, :3].clamp(max=0.5), planes[:, :3].clamp(min=0.5)
    assert ((told >= low - 1e-5) & (told <= high + 1e-5)).all()


def test_a_painter_that_copies_all_gives_the_newest_frame_again():
    painter = IMAGE_DECODERS["copy"](DIM, SIZE).eval()
    last = painter.content.paint[-1]
    torch.nn.init.zeros_(last.weight)
    last.bias.data.copy_(torch.tensor([0.0, 0, 0, -50, 50, -50]))
    given = context()
    torch.testing.assert_close(
        painter.generate(given, [torch.Generator()]), given.context.images[:, 1], atol=2e-3, rtol=0
    )
