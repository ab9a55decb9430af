"""What encoders by way of a map share: the tokens that they make of it."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn

from fabula.layers.maps import Pooled, Positions, Shape
from fabula.roles import ImageEncoder
from fabula.types import Tokens

Told = Literal["pooled", "map", "both"]


class MappedImageEncoder(ImageEncoder):
    """`stages` makes a map of the picture, (N, 3, H, W) -> (N, *shape), and the map becomes tokens.

    `pooled`: one vector that keeps the layout, from the map averaged down to at most `grid`. `map`: every position,
    in row order. `both`: the vector, then the positions.
    """

    def __init__(self, dim: int, stages: nn.Module, shape: Shape, *, tokens: Told, grid: tuple[int, int]):
        super().__init__()
        self.stages = stages
        self.read = Pooled(shape, dim, grid) if tokens != "map" else None
        self.positions = Positions(shape, dim) if tokens != "pooled" else None
        self.grid = (shape.height, shape.width) if self.positions else None
        self.norm = nn.LayerNorm(dim)

    def forward(self, images: Tensor) -> Tokens:
        features = self.stages(images)
        values = self.norm(torch.cat([read(features) for read in (self.read, self.positions) if read], 1))
        return Tokens(values, values.new_ones(values.shape[:2], dtype=torch.bool))
