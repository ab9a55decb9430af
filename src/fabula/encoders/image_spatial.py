from __future__ import annotations

from typing import Annotated

from pydantic import Field
from torch import Tensor, nn

from fabula.encoders.image_conv import left_of
from fabula.encoders.image_mapped import MappedImageEncoder, Told
from fabula.layers.conv import Activation, Norm, finishing, halving, initialised
from fabula.layers.ranges import Channels, Grid, Number
from fabula.layers.seen import Seen
from fabula.story import Size

Strength = Annotated[float, Field(ge=0)]


class SpatialAttentionImageEncoder(MappedImageEncoder):
    """`conv` that learns where to look: each position of its map is multiplied by a weight before it is read.

    Two convolutions of 1x1 beside the stages: hardly more work than `conv`.
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
        temperature: Strength = 1.0,
        gamma: Strength = 1.0,
        tokens: Told = "pooled",
        grid: Grid = (4, 8),
    ):
        stages = halving((3, *channels), finishing(norm, groups, activation, slope))
        looking = SpatialAttention(channels[-1], temperature, gamma)
        super().__init__(dim, nn.Sequential(stages, looking), left_of(size, channels), tokens=tokens, grid=grid)


class SpatialAttention(nn.Module):
    """Weighs the positions of a map, by a score a = sigmoid(conv(relu(conv(map)))) in (0, 1) of each.

    w = exp(temperature * a), divided by its sum over the positions: no weight is more than exp(temperature) times
    another. The higher the temperature, the sharper; at 0 all are 1 / (h * w). The map is multiplied by
    (h * w * w)^gamma: a weight counts by how far it is from the even one, so even weights leave the map as it is,
    whatever its size, where w alone would shrink it by h * w. `gamma` says how strongly the weights act, at 0 not
    at all. With either at 0 the score learns nothing.
    """

    def __init__(self, channels: int, temperature: float, gamma: float):
        super().__init__()
        self.temperature, self.gamma = temperature, gamma
        self.score = initialised(
            nn.Sequential(nn.Conv2d(channels, channels, 1), nn.ReLU(), nn.Conv2d(channels, 1, 1), nn.Sigmoid())
        )
        self.seen = Seen("N H W")

    def forward(self, features: Tensor) -> Tensor:
        """(N, C, h, w) -> (N, C, h, w)."""
        weights = self.seen(self.weights(features).view(-1, *features.shape[2:]))
        scales = (weights * weights[0].numel()) ** self.gamma
        return features * scales[:, None]

    def weights(self, features: Tensor) -> Tensor:
        """(N, C, h, w) -> (N, F) in row order, each at least 0 and all of a picture together 1."""
        return (self.temperature * self.score(features)).flatten(1).softmax(1)
