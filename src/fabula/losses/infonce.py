from __future__ import annotations

import math
from typing import Annotated

import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor, nn

from fabula.losses.parts import pairs
from fabula.roles import Loss
from fabula.types import VECTORS, StoryBatch, StoryOutput

COLDEST = 0.01  # similarities are multiplied by 100 at most (Radford et al. 2021, section 2.5)
Temperature = Annotated[float, Field(ge=COLDEST)]


class InfoNCE(Loss):
    """Which caption belongs to which picture, and which picture to which caption: the mean of both, in nats.

    Among all present frames of the batch (van den Oord et al. 2018, both ways as in Radford et al. 2021, figure 3).
    log N for N frames that are all alike, 0 for perfect pairs. A frame that stands in two windows of one story is not
    its own negative: frames with the same words are not held against each other. `temperature` divides the cosines;
    `learned` makes it a parameter that begins there.
    """

    needs = VECTORS

    def __init__(self, *, temperature: Temperature = 0.07, learned: bool = False):
        super().__init__()
        scale = torch.tensor(-math.log(temperature))
        self.log_scale = nn.Parameter(scale) if learned else None
        self.temperature = temperature

    def forward(self, output: StoryOutput, batch: StoryBatch) -> Tensor:
        pictures, texts = (F.normalize(vectors, dim=-1) for vectors in pairs(output))  # (N, D)
        return both_ways(pictures @ texts.T * self.scale(), self._twins(output))

    def scale(self) -> Tensor | float:
        """What the cosines are multiplied by: one over the temperature."""
        if self.log_scale is None:
            return 1 / self.temperature
        with torch.no_grad():  # the parameter itself is held back, so that it can come down again
            self.log_scale.clamp_(max=-math.log(COLDEST))
        return self.log_scale.exp()

    def _twins(self, output: StoryOutput) -> Tensor:
        """(N, N): other frames with the same words."""
        context = output.memory.context
        _, words = context.captions[context.present].unique(dim=0, return_inverse=True)  # (N,)
        return (words[:, None] == words).fill_diagonal_(False)


def both_ways(scores: Tensor, twins: Tensor) -> Tensor:
    """Scaled cosines (N, N), the true pairs on the diagonal, and who is nobody's negative -> the mean of both ways."""
    scores = scores.masked_fill(twins, -torch.inf)
    right = torch.arange(len(scores), device=scores.device)
    both = (F.cross_entropy(way, right, reduction="sum") for way in (scores, scores.T))
    return sum(both, scores.new_zeros(())) / (2 * max(1, len(scores)))
