from __future__ import annotations

import torch
from torch import nn

from fabula.roles import Fusion
from fabula.types import Tokens


class ConcatFusion(Fusion):
    """Pools each side to one vector, joins the two, and projects them to one frame token.

    Both are first brought to one scale, so that neither drowns the other.
    """

    def __init__(self, dim: int):
        super().__init__()
        self.image_norm, self.text_norm = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.project = nn.Linear(2 * dim, dim)

    def forward(self, image: Tokens, text: Tokens) -> Tokens:
        frame = self.project(torch.cat([self.image_norm(image.mean()), self.text_norm(text.mean())], dim=-1))
        there = image.mask.any(-1, keepdim=True) | text.mask.any(-1, keepdim=True)
        return Tokens(frame[:, None], there)
