"""Pictures as few numbers, and back: where a flow is short enough to follow."""

from __future__ import annotations

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fabula.layers.conv import Finish, finishing, halving, initialised
from fabula.story import Size
from fabula.types import Compared

FORGET = 0.01  # share of the old mean and spread that every batch replaces
NOISE = 0.1  # spread of the noise on the codes while it learns, so that near codes mean near pictures


class Codec(nn.Module):
    """A plain autoencoder by convolutions: every stage halves the sides, every code has mean 0 and spread 1.

    A side that is no multiple of a cell is filled up by repeating its edge. The decoder doubles by reading each vector
    as four neighbours (Shi et al. 2016, sub-pixel convolution), which leaves no checkerboard.
    """

    def __init__(self, size: Size, *, channels: tuple[int, ...], code: int):
        super().__init__()
        self.size, self.cell, self.code = size, 2 ** len(channels), code
        self.grid = tuple(-(-side // self.cell) for side in size)  # rows, columns
        finish = finishing("group", 8, "gelu", 0.0)
        self.read = nn.Sequential(halving((3, *channels), finish), nn.Conv2d(channels[-1], code, 1))
        self.draw = _drawing(channels, code)
        self.register_buffer("mean", torch.zeros(code))
        self.register_buffer("spread", torch.ones(code))

    def forward(self, images: Tensor) -> Compared:
        """(N, 3, H, W) in [-1, 1] told of their codes."""
        return Compared(self.decode(self.shaken(self.encode(images))), images)

    def encode(self, images: Tensor) -> Tensor:
        """(N, 3, H, W) -> (N, code, rows, columns), of mean 0 and spread 1 over many pictures."""
        height, width = (side * self.cell for side in self.grid)
        codes = self.read(F.pad(images, (0, width - self.size[1], 0, height - self.size[0]), mode="replicate"))
        if self.training:
            self._remember(codes.detach())
        return (codes - _planes(self.mean)) / _planes(self.spread)

    def decode(self, codes: Tensor) -> Tensor:
        """(N, code, rows, columns) -> (N, 3, H, W) in [-1, 1]."""
        drawn = self.draw(codes * _planes(self.spread) + _planes(self.mean))[..., : self.size[0], : self.size[1]]
        return drawn if self.training else drawn.clamp(-1, 1)

    def shaken(self, codes: Tensor) -> Tensor:
        """The codes with a little noise while training."""
        return codes + NOISE * torch.randn_like(codes) if self.training else codes

    @torch.no_grad()
    def _remember(self, codes: Tensor) -> None:
        self.mean.lerp_(codes.mean((0, 2, 3)), FORGET)
        self.spread.lerp_(codes.std((0, 2, 3)), FORGET)


def _drawing(channels: tuple[int, ...], code: int) -> nn.Sequential:
    """(N, code, h, w) -> (N, 3, H, W); the last doubling gives the picture itself."""
    finish = finishing("group", 8, "gelu", 0.0)
    first = nn.Sequential(nn.Conv2d(code, channels[-1], 3, padding=1), finish(channels[-1]))
    stages = [doubled(below, above, finish) for below, above in pairwise(channels[::-1])]
    last = nn.Conv2d(channels[0], 3 * 4, 3, padding=1)
    stack = initialised(nn.Sequential(first, *stages, last, nn.PixelShuffle(2)))
    last.weight.data.mul_(0.1)
    return stack


def doubled(below: int, above: int, finish: Finish) -> nn.Sequential:
    """(N, below, h, w) -> (N, above, 2 h, 2 w)."""
    return nn.Sequential(nn.Conv2d(below, 4 * above, 3, padding=1), nn.PixelShuffle(2), finish(above))


def _planes(vector: Tensor) -> Tensor:
    return vector[:, None, None]
