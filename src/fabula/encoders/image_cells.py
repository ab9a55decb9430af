from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fabula.layers.conv import finishing, halved, halving, initialised
from fabula.layers.ranges import Channels, Grid
from fabula.roles import ImageEncoder
from fabula.story import Size
from fabula.types import Tokens


class CellsImageEncoder(ImageEncoder):
    """Convolutions, then every cell of the map as one token that keeps all that the cell holds, not its mean.

    `grid` is how many rows and columns of cells there are; a map that it does not divide is filled up with zeros at the
    right and below. Few tokens that say much suit a reader whose cost grows with their number.
    """

    def __init__(self, dim: int, size: Size, *, channels: Channels = (16, 32, 64), grid: Grid = (2, 4)):
        super().__init__()
        height, width = (halved(side, len(channels)) for side in size)
        self.grid = grid
        self.cell = (-(-height // grid[0]), -(-width // grid[1]))
        self.missing = (grid[0] * self.cell[0] - height, grid[1] * self.cell[1] - width)
        self.stages = halving((3, *channels), finishing("group", 8, "gelu", 0.0))
        self.tell = initialised(nn.Sequential(nn.Conv2d(channels[-1], dim, self.cell, stride=self.cell)))

    def forward(self, images: Tensor) -> Tokens:
        below, right = self.missing
        cells = self.tell(F.pad(self.stages(images), (0, right, 0, below))).flatten(2).transpose(1, 2)
        return Tokens(cells, cells.new_ones(cells.shape[:2], dtype=torch.bool))
