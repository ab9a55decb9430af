from __future__ import annotations

from torch import Tensor

from fabula.layers.frames import mean_frame
from fabula.losses.parts import term
from fabula.roles import Loss
from fabula.types import StoryBatch, StoryOutput


class ContextMSE(Loss):
    """Mean squared difference of the context head's picture and the mean of the present context frames."""

    needs = ("context_picture",)

    def forward(self, output: StoryOutput, batch: StoryBatch) -> Tensor:
        squared = (term(output, "context_picture") - mean_frame(batch.context)).square().flatten(1).mean(1)
        known = batch.context.present.any(1)  # (B,)
        return (squared * known).sum() / known.sum().clamp(min=1)
