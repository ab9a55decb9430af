from __future__ import annotations

from fabula.encoders.image_mapped import MappedImageEncoder, Told
from fabula.layers.conv import Activation, Norm, finishing, halved, halving
from fabula.layers.maps import Shape
from fabula.layers.ranges import Channels, Grid, Number
from fabula.story import Size


class ConvImageEncoder(MappedImageEncoder):
    """Halves the picture at every stage, then reads the last map.

    `tokens: pooled` keeps the layout: the map, averaged down to at most `grid`, becomes one vector;
    `tokens: map` gives every position as a token, `tokens: both` the vector, then the positions.
    The source systems: `channels: [16, 32, 64]`.
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
        tokens: Told = "pooled",
        grid: Grid = (4, 8),
    ):
        stages = halving((3, *channels), finishing(norm, groups, activation, slope))
        super().__init__(dim, stages, left_of(size, channels), tokens=tokens, grid=grid)


def left_of(size: Size, channels: tuple[int, ...]) -> Shape:
    """The shape of the map that is left of a picture after a stage for each of `channels`."""
    return Shape(channels[-1], *(halved(side, len(channels)) for side in size))
