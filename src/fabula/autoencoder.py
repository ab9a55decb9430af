"""One encoder and one decoder that learn to tell single frames of themselves, before any story is told."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from torch import nn

from fabula.itself import caption_memory, image_memory
from fabula.roles import CaptionDecoder, ImageDecoder, ImageEncoder, TextEncoder
from fabula.types import Compared, Memory, StoryBatch, StoryOutput, Vocabulary

SLOTS = {"picture": ("image_encoder", "image_decoder"), "text": ("text_encoder", "caption_decoder")}


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
