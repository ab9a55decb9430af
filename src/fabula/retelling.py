"""A frame in, the same frame told again: the door to an autoencoder or a codec. It knows the truth, and says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import torch

from fabula.autoencoder import Autoencoder, CodecLearner
from fabula.building import Learner
from fabula.data.contexts import to_frames
from fabula.images import to_picture, to_uint8
from fabula.losses.caption import caption_nats
from fabula.recipe import Recipe
from fabula.roles import Dice
from fabula.story import Frame
from fabula.storyteller import ModelStoryteller
from fabula.tokenizer import Tokenizer
from fabula.types import Frames, StoryBatch
from fabula.writing import write

BATCH = 64  # frames that are told together


def teller_of(
    learner: Learner, tokenizer: Tokenizer, recipe: Recipe, device: torch.device | str = "cpu"
) -> ModelStoryteller | Retelling:
    """Whoever tells with what a run has learned: stories, or single frames again."""
    if isinstance(learner, Autoencoder | CodecLearner):
        return Retelling(learner, tokenizer, recipe, device)
    return ModelStoryteller(learner, tokenizer, recipe, device)


class Retelling:
    """Tells every frame of its own encoding. The learner is moved to `device`, into evaluation mode."""

    def __init__(
        self,
        learner: Autoencoder | CodecLearner,
        tokenizer: Tokenizer,
        recipe: Recipe,
        device: torch.device | str = "cpu",
    ):
        self.learner = learner.to(device).eval()
        self.tokenizer, self.recipe, self.device = tokenizer, recipe, device
        self.paints, self.writes = learner.paints, not learner.paints

    @torch.inference_mode()
    def tell_knowing(
        self, contexts: Sequence[Sequence[Frame]], truths: Sequence[Frame], *, seed: int = 0
    ) -> list[Frame]:
        """Each true frame again; the contexts say nothing."""
        return [frame for batch in self._batches(truths) for frame in self._told(batch)]

    @torch.inference_mode()
    def log_loss(self, contexts: Sequence[Sequence[Frame]], captions: Sequence[str]) -> list[float]:
        """Teacher-forced: the nats of each caption after its own encoding."""
        batches = self._batches([Frame(None, caption) for caption in captions])
        said = (self.learner(batch).caption for batch in batches)
        return [nats for each in said for nats in caption_nats(each).double().sum(1).tolist()]

    def _batches(self, frames: Sequence[Frame]) -> Iterator[StoryBatch]:
        """The frames as targets of windows without a context."""
        data = replace(self.recipe.data, context=1, notes="none")
        for start in range(0, len(frames), BATCH):
            told = to_frames([[frame] for frame in frames[start : start + BATCH]], self.tokenizer, data)
            nothing = Frames(told.images[:, :0], told.captions[:, :0], told.present[:, :0])
            yield StoryBatch(nothing, told).to(self.device)

    def _told(self, batch: StoryBatch) -> list[Frame]:
        dice: Dice = [torch.Generator().manual_seed(row) for row in range(len(batch.target.present))]
        if self.paints:
            pictures = to_uint8(self.learner.paint(batch, dice))
            return [Frame(to_picture(pixels, equalised=self.recipe.data.equalise), "") for pixels in pictures]
        assert isinstance(self.learner, Autoencoder)
        memory, decoder = self.learner.read(batch), self.learner.parts[1]
        length, vocabulary = self.recipe.data.caption_length, self.tokenizer.vocabulary
        ids = write(decoder, memory, length, vocabulary, self.recipe.tell, dice)
        return [Frame(None, self.tokenizer.decode(row)) for row in ids.tolist()]
