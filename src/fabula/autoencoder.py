"""Who learns to tell single frames of themselves, before any story is told: an encoder and a decoder, or a codec."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import torch
from torch import Tensor, nn

from fabula.errors import FabulaError
from fabula.itself import caption_memory, image_memory
from fabula.roles import CaptionDecoder, Dice, ImageDecoder, ImageEncoder, TextEncoder
from fabula.types import Compared, Memory, StoryBatch, StoryOutput, Tokens, Vocabulary

SLOTS = {
    "picture": ("image_encoder", "image_decoder"),
    "text": ("text_encoder", "caption_decoder"),
    "codec": ("image_decoder",),
}


class Autoencoder(nn.Module):
    """Reads the one frame of a window (`batch.target`; there is no context) and tells it again.

    Its parts have the names of the story model's slots, so that their weights can be taken over.
    """

    def __init__(
        self, encoder: ImageEncoder | TextEncoder, decoder: ImageDecoder | CaptionDecoder, vocabulary: Vocabulary
    ):
        super().__init__()
        self.vocabulary = vocabulary
        self.paints = isinstance(encoder, ImageEncoder)
        names = SLOTS["picture" if self.paints else "text"]
        for name, part in zip(names, (encoder, decoder), strict=True):
            self.add_module(name, part)

    def forward(self, batch: StoryBatch, wanted: Collection[str] = ()) -> StoryOutput:
        memory = self.read(batch)
        said = self._told(memory, batch)
        pair = (said, None) if self.paints else (None, said)
        return StoryOutput(*pair, memory, said.beside)

    def read(self, batch: StoryBatch) -> Memory:
        """All that the decoder may know of each frame: its encoding."""
        encoder, _ = self.parts
        if self.paints:
            images = batch.target.images[:, 0]
            return image_memory(encoder(images), images)
        return caption_memory(encoder(batch.target.captions[:, 0]), self.vocabulary)

    def paint(self, batch: StoryBatch, dice: Dice) -> Tensor:
        """(N, C, H, W) in [-1, 1]: the frames' pictures again."""
        return self.parts[1].generate(self.read(batch), dice)

    @property
    def parts(self) -> tuple[Any, Any]:
        """The encoder and the decoder."""
        encoder, decoder = (getattr(self, slot) for slot in SLOTS["picture" if self.paints else "text"])
        return encoder, decoder

    @property
    def offers(self) -> tuple[str, ...]:
        return ("image" if self.paints else "caption", *self.parts[1].offers)

    def _told(self, memory: Memory, batch: StoryBatch) -> Compared:
        _, decoder = self.parts
        return decoder(memory, batch.target.images[:, 0] if self.paints else batch.target.captions[:, 0])


class CodecLearner(nn.Module):
    """Learns the codec inside a painter: a picture made small, and from that the picture again.

    A painter has one as its attribute `codec`, a module from pictures (N, C, H, W) in [-1, 1] to Compared, what comes
    back beside the pictures; it may offer more by name, as a decoder does. Nothing else of the painter learns. The
    slot is held whole, so that a story model can take it over. FabulaError where the painter has no codec.
    """

    paints = True

    def __init__(self, image_decoder: ImageDecoder, vocabulary: Vocabulary):
        super().__init__()
        self.vocabulary = vocabulary
        self.image_decoder = image_decoder.requires_grad_(False)
        if not isinstance(getattr(image_decoder, "codec", None), nn.Module):
            said = "has no codec; the stage 'codec' is for painters that have one, such as 'flow'"
            raise FabulaError(f"model.image_decoder: {type(image_decoder).__name__} {said}")
        self.codec.requires_grad_(True)

    @property
    def codec(self) -> Any:
        return self.image_decoder.codec

    @property
    def offers(self) -> tuple[str, ...]:
        return ("image", *getattr(self.codec, "offers", ()))

    def forward(self, batch: StoryBatch, wanted: Collection[str] = ()) -> StoryOutput:
        images = batch.target.images[:, 0]
        said = self.codec(images)
        return StoryOutput(said, None, _nothing(images), said.beside)

    def paint(self, batch: StoryBatch, dice: Dice) -> Tensor:
        """(N, C, H, W) in [-1, 1]: the frames' pictures again."""
        return self.codec(batch.target.images[:, 0]).predicted


def _nothing(images: Tensor) -> Memory:
    """What a codec knows beside the picture."""
    state = images.new_zeros(len(images), 1, 1)
    return image_memory(Tokens(state, torch.ones_like(state[..., 0], dtype=torch.bool)), images)
