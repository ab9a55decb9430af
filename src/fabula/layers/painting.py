"""A grid of vectors that becomes a picture: its cells read each other and the story."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from fabula.layers.attention import Attention
from fabula.layers.transformer import thinking
from fabula.types import Tokens


class PaintingLayer(nn.Module):
    """Every cell reads all cells, then the story's tokens, then thinks for itself; normalised before each."""

    def __init__(self, dim: int, *, heads: int, dropout: float = 0.0):
        super().__init__()
        self.look_norm, self.hear_norm, self.think_norm = (nn.LayerNorm(dim) for _ in range(3))
        self.look = Attention(dim, heads=heads, dropout=dropout, axes="B F F'")
        self.hear = Attention(dim, heads=heads, dropout=dropout, axes="B F S")
        self.think = thinking(dim, dropout)

    def forward(self, cells: Tensor, story: Tokens) -> Tensor:
        """(B, F, D), (B, S, D) -> (B, F, D)."""
        normed = self.look_norm(cells)
        cells = cells + self.look(normed, Tokens(normed, normed.new_ones(normed.shape[:2], dtype=torch.bool)))
        cells = cells + self.hear(self.hear_norm(cells), story)
        return cells + self.think(self.think_norm(cells))


class Places(nn.Module):
    """A learned vector for every row and every column of a grid, added to its cells."""

    def __init__(self, grid: tuple[int, int], dim: int):
        super().__init__()
        self.rows, self.columns = (nn.Parameter(torch.randn(side, dim) * 0.02) for side in grid)

    def forward(self, cells: Tensor) -> Tensor:
        """(B, rows * columns, D) -> the same shape."""
        return cells + (self.rows[:, None] + self.columns).flatten(0, 1)


def waves(times: Tensor, dim: int) -> Tensor:
    """(B,) in [0, 1] -> (B, dim): each time as waves of many lengths (as in Vaswani et al. 2017, section 3.5)."""
    rates = 1000 ** (-torch.arange(dim // 2, device=times.device) / (dim // 2))
    angles = 2 * math.pi * times[:, None] * rates * 16
    return torch.cat([angles.sin(), angles.cos()], 1)
