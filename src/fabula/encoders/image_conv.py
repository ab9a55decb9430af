from __future__ import annotations

from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fabula.layers.conv import Activation, Norm, finishing, halved, halving
from fabula.layers.ranges import Channels, Grid, Number
from fabula.roles import ImageEncoder
from fabula.story import Size
from fabula.types import Tokens


class ConvImageEncoder(ImageEncoder):
    """Halves the picture at every stage, then reads the last map.

    `tokens: pooled` keeps the layout: the map, averaged down to at most `grid`, becomes one vector;
    `tokens: map` gives every position as a token. The source systems: `channels: [16, 32, 64]`.
    """

    def __init__(
        self,
        dim: int,
        size: Size,
        *,
        channels: Channels = (32, 64, 128),
        norm: Norm = "group",
        groups: Number = 8,
        activation: Activation = "leaky_relu",
        slope: float = 0.1,
        tokens: Literal["pooled", "map"] = "pooled",
        grid: Grid = (4, 8),
    ):
        super().__init__()
        self.stages = halving((3, *channels), finishing(norm, groups, activation, slope))
        height, width = (halved(side, len(channels)) for side in size)
        self.pooled = tokens == "pooled"
        if self.pooled:
            self.window = (window_side(height, grid[0]), window_side(width, grid[1]))
            cells = -(-height // self.window[0]) * -(-width // self.window[1])
            self.read: nn.Module = nn.Linear(channels[-1] * cells, dim)
        else:
            self.window = (0, 0)
            self.grid = (height, width)
            self.read = nn.Linear(channels[-1], dim)
            self.places = nn.Parameter(torch.randn(height * width, dim) * 0.02)
        self.norm = nn.LayerNorm(dim)

    def forward(self, images: Tensor) -> Tokens:
        features = self.stages(images)  # (N, channels, h, w)
        values = self.norm(self._pooled(features) if self.pooled else self._mapped(features))
        return Tokens(values, values.new_ones(values.shape[:2], dtype=torch.bool))

    def _pooled(self, features: Tensor) -> Tensor:
        cells = F.avg_pool2d(features, self.window, ceil_mode=True)
        return self.read(cells.flatten(1))[:, None]  # (N, 1, D)

    def _mapped(self, features: Tensor) -> Tensor:
        return self.read(features.flatten(2).transpose(1, 2)) + self.places  # (N, h * w, D)


def window_side(side: int, most: int) -> int:
    """The side of a window that leaves at most `most` windows."""
    return -(-side // most)
