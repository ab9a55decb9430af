from __future__ import annotations

from typing import ClassVar, Literal

from torch import Tensor, nn

from fabula.layers.conv import Activation, Finish, Norm, doubling, finishing, halved
from fabula.layers.ranges import Channels, Number
from fabula.roles import Dice, ImageDecoder
from fabula.story import Size
from fabula.types import USUAL, Compared, Manner, Memory

Output = Literal["tanh", "sigmoid"]


class Canvas(nn.Module):
    """A vector (B, D) to planes (B, planes, H, W) in [-1, 1], of exactly the size asked for; 3 are a picture."""

    def __init__(
        self, dim: int, size: Size, channels: tuple[int, ...], finish: Finish, output: Output, *, planes: int = 3
    ):
        super().__init__()
        self.size = size
        height, width = (halved(side, len(channels)) for side in size)
        self.sketch = nn.Sequential(
            nn.Linear(dim, channels[0] * height * width),
            nn.Unflatten(1, (channels[0], height, width)),
            finish(channels[0]),
        )
        self.paint = doubling(channels, finish, last=planes)
        self.squash = nn.Tanh() if output == "tanh" else Sigmoid()

    def forward(self, state: Tensor) -> Tensor:
        return self.squash(cropped(self.paint(self.sketch(state)), self.size))


class ConvImageDecoder(ImageDecoder):
    """Paints the picture in one pass by transposed convolutions; the same memory always gives the same picture.

    The content head paints the prediction. The context head, if there is one, paints the mean of the
    context frames, offered as `context_picture`; it has a projection of its own, so neither starves the other.
    The source systems: `channels: [64, 32, 16]`.
    """

    planes: ClassVar[int] = 3  # what the content head gives
    canvas: ClassVar[type[nn.Module]] = Canvas  # what it paints on

    def __init__(
        self,
        dim: int,
        size: Size,
        *,
        channels: Channels = (128, 128, 64, 32),
        norm: Norm = "group",
        groups: Number = 8,
        activation: Activation = "leaky_relu",
        slope: float = 0.1,
        output: Output = "tanh",
        context: bool = True,
    ):
        super().__init__()
        finish = finishing(norm, groups, activation, slope)
        self.content = self.canvas(dim, size, channels, finish, output, planes=self.planes)
        self.context = Canvas(dim, size, channels, finish, output) if context else None
        self.offers = ("context_picture",) if context else ()
        self.furnish(dim)

    def furnish(self, dim: int) -> None:
        """What a kind that takes the same options needs beside its canvases: nothing."""

    def forward(self, memory: Memory, target: Tensor) -> Compared:
        beside = {"context_picture": self.context(memory.state.mean())} if self.context else {}
        return Compared(self.paint(memory), target, beside)

    def generate(self, memory: Memory, dice: Dice, manner: Manner = USUAL) -> Tensor:
        return self.paint(memory)

    def paint(self, memory: Memory) -> Tensor:
        """The predicted picture (B, 3, H, W) in [-1, 1]."""
        return self.content(memory.state.mean())


class Sigmoid(nn.Module):
    """The logistic function stretched to [-1, 1]."""

    def forward(self, values: Tensor) -> Tensor:
        return values.sigmoid() * 2 - 1


def cropped(images: Tensor, size: Size) -> Tensor:
    """The middle of (B, C, H', W'), H' >= H and W' >= W."""
    top, left = (images.shape[-2] - size[0]) // 2, (images.shape[-1] - size[1]) // 2
    return images[..., top : top + size[0], left : left + size[1]]
