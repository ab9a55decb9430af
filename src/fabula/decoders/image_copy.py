from __future__ import annotations

from torch import Tensor

from fabula.decoders.image_conv import ConvImageDecoder
from fabula.layers.frames import mean_frame, newest_frame
from fabula.types import Memory

REACH = 4.0  # the logits of the shares lie within this, so that a share can be nearly 0 or 1


class CopyImageDecoder(ConvImageDecoder):
    """Paints, and copies where a shot continues: each pixel mixes what is painted, the newest frame and the mean frame.

    The shares follow from the memory, one map for each of the three, and sum to 1.
    """

    planes = 6  # the picture, and the logits of three shares

    def paint(self, memory: Memory) -> Tensor:
        planes = super().paint(memory)  # (B, 6, H, W) in [-1, 1]
        shares = (planes[:, 3:] * REACH).softmax(1)
        painted, newest, mean = planes[:, :3], newest_frame(memory.context), mean_frame(memory.context)
        return shares[:, :1] * painted + shares[:, 1:2] * newest + shares[:, 2:] * mean
