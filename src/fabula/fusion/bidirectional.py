from __future__ import annotations

import torch
from torch import Tensor, nn

from fabula.layers.attention import Attention
from fabula.layers.gate import Gate
from fabula.layers.ranges import Number, Share
from fabula.layers.transformer import real
from fabula.roles import Fusion
from fabula.types import Tokens


class BidirectionalFusion(Fusion):
    """The words ask the picture and the picture asks the words; a gate mixes what the two found. One frame token.

    What the words found is made of the picture, and what the picture found of words, so the gate's share is the
    picture's. Both are pooled over those who asked and normalised. Where nobody asks, the mean of the other side
    counts alone.
    """

    def __init__(self, dim: int, *, heads: Number = 4, dropout: Share = 0.0, elementwise: bool = True):
        super().__init__()
        self.image_norm, self.text_norm = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.picture_norm, self.words_norm = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.ask_picture = Attention(dim, heads=heads, dropout=dropout, axes="N L F")
        self.ask_words = Attention(dim, heads=heads, dropout=dropout, axes="N F L")
        self.gate = Gate(dim, elementwise=elementwise)

    def forward(self, image: Tokens, text: Tokens) -> Tokens:
        picture = image._replace(values=self.image_norm(real(image).values))
        words = text._replace(values=self.text_norm(real(text).values))
        seen = self.picture_norm(_found(self.ask_picture, words, picture))
        heard = self.words_norm(_found(self.ask_words, picture, words))
        picture_there, words_there = image.mask.any(-1), text.mask.any(-1)  # (N,)
        frame = self.gate(seen, heard, picture_there, words_there)
        return Tokens(frame[:, None], (picture_there | words_there)[:, None])


def _found(attend: Attention, asking: Tokens, asked: Tokens) -> Tensor:
    """(N, D): the mean of what those who ask found, or of what was there where nobody asks."""
    found = asking._replace(values=attend(asking.values, asked)).mean()
    return torch.where(asking.mask.any(-1, keepdim=True), found, asked.mean())
