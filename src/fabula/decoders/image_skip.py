from __future__ import annotations

from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fabula.decoders.image_conv import Canvas, ConvImageDecoder, Output, cropped
from fabula.layers.conv import Finish, doubling, halved, halving
from fabula.layers.frames import newest_frame
from fabula.story import Size
from fabula.types import Memory


class Mirror(nn.Module):
    """A vector (B, D) and a picture (B, 3, H, W) to planes (B, planes, H, W) in [-1, 1].

    The picture is halved as often as the canvas is doubled, through the same channels backwards; its map of each
    scale stands beside the canvas's, and the next convolution reads both (Ronneberger et al. 2015). The finest map is
    of half the picture's sides: twelve channels can hold every value of four pixels, so nothing need be lost.
    """

    def __init__(
        self, dim: int, size: Size, channels: tuple[int, ...], finish: Finish, output: Output, *, planes: int = 3
    ):
        super().__init__()
        self.canvas = Canvas(dim, size, channels, finish, output)
        self.canvas.paint = doubling(channels, finish, last=planes, joined=2)
        self.whole = Size(*(halved(side, len(channels)) * 2 ** len(channels) for side in size))
        self.read = halving((3, *reversed(channels)), finish)

    def forward(self, state: Tensor, picture: Tensor) -> Tensor:
        painted = self.canvas.sketch(state)
        for double, seen in zip(self.canvas.paint, reversed(self.maps(picture)), strict=True):
            painted = double(torch.cat([painted, seen], 1))
        return self.canvas.squash(cropped(painted, self.canvas.size))

    def maps(self, picture: Tensor) -> list[Tensor]:
        """The picture at half its sides, at a quarter, and so on."""
        found = [widened(picture, self.whole)]
        for halve in self.read:
            found.append(halve(found[-1]))
        return found[1:]


class SkipImageDecoder(ConvImageDecoder):
    """Paints as `conv` does, with the newest frame of the context before its eyes at every scale.

    A story without a frame has a grey one. Where the shot continues, the place and the people need not pass through
    the memory; the memory says what becomes of them.
    """

    canvas: ClassVar[type[nn.Module]] = Mirror

    def paint(self, memory: Memory) -> Tensor:
        return self.content(memory.state.mean(), newest_frame(memory.context))


def widened(images: Tensor, size: Size) -> Tensor:
    """(B, C, H, W) in the middle of a larger size, its borders repeated outward: `cropped` is the way back."""
    down, across = size[0] - images.shape[-2], size[1] - images.shape[-1]
    top, left = down // 2, across // 2
    return F.pad(images, (left, across - left, top, down - top), mode="replicate")
