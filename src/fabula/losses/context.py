from __future__ import annotations

import torch
from torch import Tensor

from fabula.losses.parts import term
from fabula.roles import Loss
from fabula.types import Frames, StoryBatch, StoryOutput


class ContextMSE(Loss):
    """Mean squared difference of the context head's picture and the mean of the present context frames."""

    needs = ("context_picture",)

    def forward(self, output: StoryOutput, batch: StoryBatch) -> Tensor:
        mean, known = mean_frame(batch.context)
        squared = (term(output, "context_picture") - mean).square().flatten(1).mean(1)
        return (squared * known).sum() / known.sum().clamp(min=1)


def mean_frame(context: Frames) -> tuple[Tensor, Tensor]:
    """The mean of the present frames (B, C, H, W), and which stories have any (B,)."""
    present = context.present[..., None, None, None]
    kept = torch.where(present, context.images, context.images.new_zeros(()))
    return kept.sum(1) / present.sum(1).clamp(min=1), context.present.any(1)
