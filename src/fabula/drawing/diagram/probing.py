"""Questions to a model that nobody has trained: made-up frames, and which of them a decoder looks at itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import torch
from torch import Tensor, nn

from fabula.recipe import Recipe
from fabula.types import Frames, Memory, StoryBatch, Vocabulary

STORIES = 2


def invented(recipe: Recipe, vocabulary: Vocabulary) -> StoryBatch:
    """Two stories of coloured noise and random words, as long as the recipe lets them be."""
    return StoryBatch(_frames(recipe, vocabulary, recipe.data.context), _frames(recipe, vocabulary, 1))


def _frames(recipe: Recipe, vocabulary: Vocabulary, count: int) -> Frames:
    data = recipe.data
    images = torch.rand(STORIES, count, 3, *data.picture_size) * 2 - 1
    notes = None if data.notes == "none" else _words(vocabulary, count, data.note_length)
    present = torch.ones(STORIES, count, dtype=torch.bool)
    return Frames(images, _words(vocabulary, count, data.caption_length), present, notes)


def _words(vocabulary: Vocabulary, count: int, length: int) -> Tensor:
    special = max(vocabulary.pad, vocabulary.begin, vocabulary.end) + 1
    ids = torch.randint(special % vocabulary.size, vocabulary.size, (STORIES, count, length))
    ids[..., -1] = vocabulary.end
    return ids


def read_beside(decoder: nn.Module, memory: Memory, target: Tensor) -> tuple[str, ...]:
    """What of the context a decoder reads past the state: `pictures`, `words`. It is what changes what it says.

    The decoder's weights are shaken first, since a path may begin closed; it is of no use afterwards.
    """
    for weight in decoder.parameters():
        weight.add_(0.02 * torch.randn_like(weight))
    said = _said(decoder, memory, target)
    return tuple(name for name, other in _changed(memory) if not torch.equal(said, _said(decoder, other, target)))


def _changed(memory: Memory) -> Iterator[tuple[str, Memory]]:
    context = memory.context
    yield "pictures", replace(memory, context=replace(context, images=-context.images))
    yield "words", replace(memory, context=replace(context, captions=context.captions.roll(1, 0)))


def _said(decoder: nn.Module, memory: Memory, target: Tensor) -> Tensor:
    torch.manual_seed(0)
    return decoder(memory, target).predicted
