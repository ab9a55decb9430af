from __future__ import annotations

from typing import Literal

import torch
from torch import nn

from fabula.layers.ranges import Number, Share
from fabula.layers.transformer import Transformer, real
from fabula.roles import Fusion
from fabula.types import Tokens

SPREAD = 0.02  # of the first values of learned vectors


class JointFusion(Fusion):
    """One transformer reads picture tokens and words together, after one token of its own (ViLT, Kim et al. 2021).

    A learned type vector tells the two sides apart, and each is first normalised. `gives: pooled` is the token of its
    own, which has read the whole frame; `gives: tokens` all of them, in the order (its own, picture, words).
    """

    def __init__(
        self,
        dim: int,
        *,
        layers: Number = 2,
        heads: Number = 4,
        dropout: Share = 0.0,
        gives: Literal["pooled", "tokens"] = "pooled",
    ):
        super().__init__()
        self.pooled = gives == "pooled"
        self.image_norm, self.text_norm = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.types = nn.Parameter(torch.randn(2, dim) * SPREAD)
        self.whole = nn.Parameter(torch.randn(dim) * SPREAD)
        self.transformer = Transformer(dim, layers=layers, heads=heads, dropout=dropout)

    def forward(self, image: Tokens, text: Tokens) -> Tokens:
        picture = image._replace(values=self.image_norm(real(image).values) + self.types[0])
        words = text._replace(values=self.text_norm(real(text).values) + self.types[1])
        there = image.mask.any(-1, keepdim=True) | text.mask.any(-1, keepdim=True)  # (N, 1)
        whole = Tokens(self.whole.expand(len(there), 1, -1), there)
        read = self.transformer(whole.followed_by(picture).followed_by(words))  # (N, 1 + F + F', D)
        return Tokens(read.values[:, :1], there) if self.pooled else read
