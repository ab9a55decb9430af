from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from torch import nn

from fabula.decoders.image_conv import ConvImageDecoder, Output
from fabula.layers.conv import Activation, Finish, Norm, finishing, initialised
from fabula.layers.ranges import Channels, Number
from fabula.layers.residual import ResidualBlock
from fabula.story import Size


class DeepImageDecoder(ConvImageDecoder):
    """Paints as `conv` does, with `blocks` residual blocks at each scale below the picture's own.

    Each scale is the one before, every position repeated, then convolved. A transposed convolution has kernels of
    their own for the four positions that grow from one, and so can leave a checkerboard; this does not begin with
    one (Odena et al. 2016). At full size there is one bare convolution: blocks there would cost more than all others.
    The context head paints a blur, and stays as it is in `conv`.
    """

    def __init__(
        self,
        dim: int,
        size: Size,
        *,
        channels: Channels = (128, 128, 64, 32),
        blocks: Number = 2,
        norm: Norm = "group",
        groups: Number = 8,
        activation: Activation = "leaky_relu",
        slope: float = 0.1,
        output: Output = "tanh",
        context: bool = True,
    ):
        super().__init__(
            dim,
            size,
            channels=channels,
            norm=norm,
            groups=groups,
            activation=activation,
            slope=slope,
            output=output,
            context=context,
        )
        self.content.paint = growing(channels, finishing(norm, groups, activation, slope), blocks, last=self.planes)


def growing(channels: Sequence[int], finish: Finish, blocks: int, *, last: int) -> nn.Sequential:
    """(N, channels[0], h, w) -> (N, last, H, W): blocks, then each stage doubles both sides; the last begins near 0."""
    stages = [
        nn.Sequential(_doubled(below, above), *_blocks(above, finish, blocks)) for below, above in pairwise(channels)
    ]
    bare = nn.Conv2d(channels[-1], last, 3, padding=1)
    end = initialised(nn.Sequential(finish(channels[-1]), nn.Upsample(scale_factor=2), bare))
    bare.weight.data.mul_(0.1)
    return nn.Sequential(*_blocks(channels[0], finish, blocks), *stages, *end)


def _doubled(below: int, above: int) -> nn.Sequential:
    return initialised(nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(below, above, 3, padding=1)))


def _blocks(channels: int, finish: Finish, count: int) -> list[ResidualBlock]:
    return [ResidualBlock(channels, finish) for _ in range(count)]
