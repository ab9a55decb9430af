"""A painter who listens and can sample and guess, and a writer who captions what it sees: for the tests, untrained."""

import torch
from smallest import SMALL_MODEL
from torch import nn

from fabula.building import build_model
from fabula.decoders.caption_recurrent import GRUCaptionDecoder
from fabula.layers.frames import newest
from fabula.roles import ImageDecoder
from fabula.storyteller import ModelStoryteller
from fabula.types import USUAL, Compared


class Listener(ImageDecoder):
    """A plain colour that follows from what it remembers; sampled, with noise from the dice."""

    listens = True
    modes = ("sample", "guess")

    def __init__(self, dim, size):
        super().__init__()
        self.size, self.colour = size, nn.Linear(dim, 3)

    def forward(self, memory, target):
        return Compared(self._guess(memory), target)

    def generate(self, memory, dice, manner=USUAL):
        if manner.mode == "guess":
            return self._guess(memory)
        noise = torch.stack([torch.randn(3, *self.size, generator=die) for die in dice])
        return (manner.guidance * self._guess(memory) + 0.5 * noise / manner.steps).clamp(-1, 1)

    def _guess(self, memory):
        return torch.tanh(4 * self.colour(memory.state.mean()))[..., None, None].expand(-1, -1, *self.size)


class Captioner(GRUCaptionDecoder):
    """Finds a caption the likelier the nearer its picture is to what it made of the words before."""

    def captioned(self, memory):
        pictures = newest(memory.pictures.mean(), memory.context.present)
        words = newest(memory.context.captions, memory.context.present)
        return -(pictures - (words % 7).double().mean(1, keepdim=True)).abs().mean(1)


def listening(recipe, tokenizer, *, writes=True, captions=True):
    """A storyteller with these two; without `captions` the writer cannot say how likely it finds what it sees."""
    torch.manual_seed(0)
    size, dim = recipe.data.picture_size, SMALL_MODEL.dim
    model = build_model(SMALL_MODEL, size, tokenizer.vocabulary)
    model.image_decoder = Listener(dim, size)
    if captions:
        model.caption_decoder = Captioner(dim, tokenizer.vocabulary)
    if not writes:
        model.caption_decoder = None
    return ModelStoryteller(model, tokenizer, recipe)
