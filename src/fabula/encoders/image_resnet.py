from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn

from fabula.encoders.image_mapped import MappedImageEncoder, Told
from fabula.layers.conv import halved, initialised, normalising
from fabula.layers.maps import Shape
from fabula.layers.ranges import Channels, Grid, Number
from fabula.story import Size


class ResNetImageEncoder(MappedImageEncoder):
    """A residual network, as it stands a ResNet-18 (He et al. 2016, table 1): a stem, then stages of `blocks` blocks.

    Groups of channels are normalised and not the batch (Wu and He 2018): batches are of few frames, a story's frames
    are much alike, and a frame told alone must be read as it is in a batch. The stem halves the picture twice and
    each stage but the first once more: with four stages a map of H / 32 x W / 32. A picture costs some fourteen times
    what it costs in `conv`, and both grow with its pixels and the square of the channels; the weights are 11 million,
    a hundred times those of `conv`'s stages.
    """

    def __init__(
        self,
        dim: int,
        size: Size,
        *,
        channels: Channels = (64, 128, 256, 512),
        blocks: Number = 2,
        groups: Number = 8,
        tokens: Told = "pooled",
        grid: Grid = (4, 8),
    ):
        first, *_ = channels
        stages = [_stage(above, below, blocks, groups, stride=2) for above, below in pairwise(channels)]
        stack = nn.Sequential(_stem(first, groups), _stage(first, first, blocks, groups, stride=1), *stages)
        shape = Shape(channels[-1], *(halved(side, len(channels) + 1) for side in size))
        super().__init__(dim, initialised(stack), shape, tokens=tokens, grid=grid)


class BasicBlock(nn.Module):
    """A map and what two convolutions add to it (He et al. 2016, figure 5 left, shortcut B)."""

    def __init__(self, above: int, below: int, groups: int, stride: int):
        super().__init__()
        self.change = nn.Sequential(
            *_normed(above, below, 3, groups, stride), nn.ReLU(), *_normed(below, below, 3, groups, 1)
        )
        same = above == below and stride == 1
        self.across = nn.Identity() if same else nn.Sequential(*_normed(above, below, 1, groups, stride))
        self.finish = nn.ReLU()

    def forward(self, maps: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, C', h, w)."""
        return self.finish(self.across(maps) + self.change(maps))


def _stem(channels: int, groups: int) -> nn.Sequential:
    return nn.Sequential(*_normed(3, channels, 7, groups, 2), nn.ReLU(), nn.MaxPool2d(3, stride=2, padding=1))


def _stage(above: int, below: int, blocks: int, groups: int, *, stride: int) -> nn.Sequential:
    """Only the first block widens and halves."""
    rest = (BasicBlock(below, below, groups, 1) for _ in range(blocks - 1))
    return nn.Sequential(BasicBlock(above, below, groups, stride), *rest)


def _normed(above: int, below: int, kernel: int, groups: int, stride: int) -> tuple[nn.Module, nn.Module]:
    """A convolution, and the normalisation that makes a bias of its own idle."""
    bare = nn.Conv2d(above, below, kernel, stride=stride, padding=kernel // 2, bias=False)
    return bare, normalising("group", below, groups)
