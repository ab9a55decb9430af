from __future__ import annotations

from fabula.encoders.image_conv import ConvImageEncoder
from fabula.layers.conv import Activation, Norm
from fabula.layers.ranges import Channels, Number
from fabula.story import Size


class GlobalMapImageEncoder(ConvImageEncoder):
    """First the picture as a whole, then its map: the mean of all positions as one token, then each position as one.

    It is `conv` with `tokens: both` and a grid of one cell: what the whole is like, without where; the map says where.
    A picture costs what it costs in `conv`, and whatever reads its 1 + h * w tokens as many times more.
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
    ):
        finish = {"norm": norm, "groups": groups, "activation": activation, "slope": slope}
        super().__init__(dim, size, channels=channels, tokens="both", grid=(1, 1), **finish)
