from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

from fabula.losses.parts import part
from fabula.roles import Loss
from fabula.types import StoryBatch, StoryOutput


class L1(Loss):
    """Mean absolute difference of the picture; pictures in [-1, 1]."""

    needs = ("image",)

    def forward(self, output: StoryOutput, batch: StoryBatch) -> Tensor:
        picture = part(output, "image")
        return F.l1_loss(picture.predicted, picture.expected)


class MSE(Loss):
    """Mean squared difference of the picture; pictures in [-1, 1]."""

    needs = ("image",)

    def forward(self, output: StoryOutput, batch: StoryBatch) -> Tensor:
        picture = part(output, "image")
        return F.mse_loss(picture.predicted, picture.expected)
