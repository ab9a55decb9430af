"""Residual blocks of convolutions: a map and what should be added to it."""

from __future__ import annotations

from torch import Tensor, nn

from fabula.layers.conv import Finish, initialised


class ResidualBlock(nn.Module):
    """Finish, convolve, finish, convolve, add (He et al. 2016, figure 4 e): the way past stays free.

    What is added begins small, so that many blocks begin as hardly more than none.
    """

    def __init__(self, channels: int, finish: Finish):
        super().__init__()
        first, second = (nn.Conv2d(channels, channels, 3, padding=1) for _ in range(2))
        self.change = initialised(nn.Sequential(finish(channels), first, finish(channels), second))
        second.weight.data.mul_(0.1)

    def forward(self, maps: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, C, H, W)."""
        return maps + self.change(maps)
