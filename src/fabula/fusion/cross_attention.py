from __future__ import annotations

from typing import Literal

import torch
from torch import nn

from fabula.layers.attention import Attention
from fabula.layers.ranges import Number, Share
from fabula.layers.transformer import real
from fabula.roles import Fusion
from fabula.types import Tokens


class CrossAttentionFusion(Fusion):
    """One side asks the other: softmax(Q K^T / sqrt(d)) V in several heads (Vaswani et al. 2017, eq. 1).

    `query: text`: every word asks the picture's tokens; `query: image`: every picture token asks the words. What a
    token found is added to it and normalised. `gives: pooled` is their mean, one frame token; `gives: tokens` all of
    them, and one more that is real only where nobody asks: the mean of the other side, which so counts alone.
    A picture is worth asking where its encoder gives a map; one token leaves attention no choice.
    """

    def __init__(
        self,
        dim: int,
        *,
        heads: Number = 4,
        query: Literal["text", "image"] = "text",
        dropout: Share = 0.0,
        gives: Literal["pooled", "tokens"] = "pooled",
    ):
        super().__init__()
        self.query, self.gives = query, gives
        self.image_norm, self.text_norm, self.norm = (nn.LayerNorm(dim) for _ in range(3))
        axes = "N L F" if query == "text" else "N F L"
        self.attend = Attention(dim, heads=heads, dropout=dropout, axes=axes)

    def forward(self, image: Tokens, text: Tokens) -> Tokens:
        picture = image._replace(values=self.image_norm(real(image).values))
        words = text._replace(values=self.text_norm(real(text).values))
        asking, asked = (words, picture) if self.query == "text" else (picture, words)
        found = asking._replace(values=self.norm(asking.values + self.attend(asking.values, asked)))
        unasked = self._unasked(asking, asked)
        return found.followed_by(unasked) if self.gives == "tokens" else _pooled(found, unasked)

    def _unasked(self, asking: Tokens, asked: Tokens) -> Tokens:
        """(N, 1, D): the mean of what nobody asks; masked where somebody does."""
        alone = ~asking.mask.any(-1, keepdim=True) & asked.mask.any(-1, keepdim=True)
        return Tokens(self.norm(asked.mean())[:, None], alone)


def _pooled(found: Tokens, unasked: Tokens) -> Tokens:
    """(N, F, D) and (N, 1, D) -> (N, 1, D): the mean of what was found, or what nobody asked."""
    there = found.mask.any(-1, keepdim=True)
    values = torch.where(there[..., None], found.mean()[:, None], unasked.values)
    return Tokens(values, there | unasked.mask)
