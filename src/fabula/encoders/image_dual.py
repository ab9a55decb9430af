from __future__ import annotations

import torch
from torch import Tensor, nn

from fabula.encoders.image_conv import left_of
from fabula.encoders.image_mapped import MappedImageEncoder
from fabula.layers.conv import Activation, Norm, finishing, halving
from fabula.layers.ranges import Channels, Grid, Number
from fabula.story import Size


class DualImageEncoder(MappedImageEncoder):
    """Two stacks of `conv` look at the picture, one for its content and one for its context; joined, one token.

    The baseline of the field's course code. Both see the same and are told apart by nothing but their first weights:
    what each becomes is left to the losses. Twice the work of `conv` with the same channels.
    """

    def __init__(
        self,
        dim: int,
        size: Size,
        *,
        channels: Channels = (16, 32, 64),
        norm: Norm = "group",
        groups: Number = 8,
        activation: Activation = "leaky_relu",
        slope: float = 0.1,
        grid: Grid = (4, 8),
    ):
        content, context = (halving((3, *channels), finishing(norm, groups, activation, slope)) for _ in range(2))
        shape = left_of(size, channels)
        both = shape._replace(channels=2 * shape.channels)
        super().__init__(dim, SideBySide(content, context), both, tokens="pooled", grid=grid)


class SideBySide(nn.Module):
    """The maps of two stacks as one: (N, 3, H, W) -> (N, 2 C, h, w), content first."""

    def __init__(self, content: nn.Module, context: nn.Module):
        super().__init__()
        self.content, self.context = content, context

    def forward(self, images: Tensor) -> Tensor:
        return torch.cat([self.content(images), self.context(images)], 1)
