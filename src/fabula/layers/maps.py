"""From a map of a picture to vectors of the model's width."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Shape(NamedTuple):
    """What a map (N, C, h, w) is like."""

    channels: int
    height: int
    width: int


class Pooled(nn.Linear):
    """A map to one vector that keeps the layout: averaged down to at most `most` rows and columns, then projected."""

    def __init__(self, shape: Shape, dim: int, most: tuple[int, int]):
        self.window = (window_side(shape.height, most[0]), window_side(shape.width, most[1]))
        rows, columns = -(-shape.height // self.window[0]), -(-shape.width // self.window[1])
        super().__init__(shape.channels * rows * columns, dim)

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, h, w) -> (N, 1, D)."""
        cells = F.avg_pool2d(input, self.window, ceil_mode=True)
        return super().forward(cells.flatten(1))[:, None]


class Positions(nn.Linear):
    """Every position of a map to a vector, in row order; where it stands is a learned vector added to it."""

    def __init__(self, shape: Shape, dim: int):
        super().__init__(shape.channels, dim)
        self.places = nn.Parameter(torch.randn(shape.height * shape.width, dim) * 0.02)

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, h, w) -> (N, h * w, D)."""
        return super().forward(input.flatten(2).transpose(1, 2)) + self.places


def window_side(side: int, most: int) -> int:
    """The side of a window that leaves at most `most` windows."""
    return -(-side // most)
