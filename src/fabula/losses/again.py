"""The newest frame of the context told of its own encoding, so that fine-tuning does not undo what pretraining taught.

A part that is only asked for the next frame forgets how to tell the frame that it sees; these keep it alive.
"""

from __future__ import annotations

from torch import Tensor

from fabula.layers.words import IGNORED
from fabula.losses.caption import caption_nats
from fabula.losses.parts import again
from fabula.roles import Loss
from fabula.types import StoryBatch, StoryOutput


class ImageAgain(Loss):
    """Mean absolute difference of the picture told of itself; pictures in [-1, 1].

    Stories of which no frame is known are left out.
    """

    needs = ("image_again",)

    def forward(self, output: StoryOutput, batch: StoryBatch) -> Tensor:
        picture = again(output, "image")
        apart = (picture.predicted - picture.expected).abs().flatten(1).mean(1)
        known = output.memory.context.present.any(1)  # (B,)
        return (apart * known).sum() / known.sum().clamp(min=1)


class CaptionAgain(Loss):
    """Mean nats per real token of the caption told of itself, end included."""

    needs = ("caption_again",)

    def forward(self, output: StoryOutput, batch: StoryBatch) -> Tensor:
        caption = again(output, "caption")
        return caption_nats(caption).sum() / (caption.expected != IGNORED).sum().clamp(min=1)
