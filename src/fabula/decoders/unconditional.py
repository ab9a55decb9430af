"""A caption decoder that is told nothing: what can be written without having seen the story."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from fabula.roles import CaptionDecoder
from fabula.types import Compared, Frames, Memory, Tokens, Vocabulary


class Unconditional(nn.Module):
    """A language model: a caption decoder before an empty memory.

    Train it as any module (`lm(captions)` gives logits and ids for the caption loss);
    write with `write(lm.decoder, lm.nothing(count), ...)`.
    """

    def __init__(self, decoder: CaptionDecoder, dim: int, vocabulary: Vocabulary):
        super().__init__()
        self.decoder, self.dim, self.vocabulary = decoder, dim, vocabulary

    def forward(self, captions: Tensor) -> Compared:
        """Teacher forcing on (B, L)."""
        return self.decoder(self.nothing(len(captions)), captions)

    def nothing(self, count: int) -> Memory:
        """The memory of so many stories of which not one frame is known."""
        weight = next(self.decoder.parameters())
        absent = torch.zeros(count, 1, dtype=torch.bool, device=weight.device)
        captions = absent.new_full((count, 1, 1), self.vocabulary.pad, dtype=torch.long)
        return Memory(
            Tokens(weight.new_zeros(count, 1, self.dim), absent),
            Frames(weight.new_zeros(count, 1, 3, 1, 1), captions, absent),
        )
