from __future__ import annotations

from typing import Annotated

from pydantic import Field
from torch import Tensor

from fabula.losses.parts import term
from fabula.roles import Loss
from fabula.types import StoryBatch, StoryOutput

Nats = Annotated[float, Field(ge=0)]


class KL(Loss):
    """What a latent tells beyond its prior, in nats: the sum over its dimensions, the mean over stories.

    While training, a dimension may tell `free_bits` nats, on the mean of the batch, before it is pressed to tell less
    (Kingma et al. 2016, equation 15), so that none is shut before it is of use; in evaluation mode they are off,
    so that the number stays a divergence. For a weight that rises from 0 (Bowman et al. 2016) give `ramp_steps`.
    """

    needs = ("kl",)

    def __init__(self, *, free_bits: Nats = 0.0):
        super().__init__()
        self.free_bits = free_bits

    def forward(self, output: StoryOutput, batch: StoryBatch) -> Tensor:
        nats = term(output, "kl").mean(0)  # (Z,)
        return nats.clamp(min=self.free_bits).sum() if self.training and self.free_bits else nats.sum()
