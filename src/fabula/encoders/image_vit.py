from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fabula.layers.ranges import Number, Share
from fabula.layers.transformer import Transformer
from fabula.roles import ImageEncoder
from fabula.story import Size
from fabula.types import Tokens


class ViTImageEncoder(ImageEncoder):
    """A transformer over patches of the picture (Dosovitskiy et al. 2021): the class token first, then the patches.

    A side that is no multiple of `patch` is filled up with grey at the right and below. With F patches a layer costs
    F D^2 and F^2 D, where `conv` grows with the pixels alone: half the patch is four times the tokens, and sixteen
    times the attention. Without pretraining it needs far more pictures than `conv` to become as good.
    """

    def __init__(
        self,
        dim: int,
        size: Size,
        *,
        patch: Number = 16,
        layers: Number = 4,
        heads: Number = 4,
        dropout: Share = 0.0,
    ):
        super().__init__()
        rows, columns = (-(-side // patch) for side in size)
        self.grid = (rows, columns)
        self.missing = (rows * patch - size[0], columns * patch - size[1])  # below, at the right
        self.cut = nn.Conv2d(3, dim, patch, stride=patch)
        self.whole = nn.Parameter(torch.randn(dim) * 0.02)
        self.places = nn.Parameter(torch.randn(1 + rows * columns, dim) * 0.02)
        self.dropout = nn.Dropout(dropout)
        self.layers = Transformer(dim, layers=layers, heads=heads, dropout=dropout)

    def forward(self, images: Tensor) -> Tokens:
        below, right = self.missing
        patches = self.cut(F.pad(images, (0, right, 0, below))).flatten(2).transpose(1, 2)  # (N, rows * columns, D)
        values = torch.cat([self.whole.expand(len(images), 1, -1), patches], 1) + self.places
        return self.layers(Tokens(self.dropout(values), values.new_ones(values.shape[:2], dtype=torch.bool)))
