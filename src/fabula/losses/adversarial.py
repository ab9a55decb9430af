from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated

import torch.nn.functional as F
from pydantic import Field
from torch import Tensor, nn
from torch.func import functional_call

from fabula.layers.ranges import Channels
from fabula.losses.parts import part
from fabula.roles import Loss
from fabula.types import StoryBatch, StoryOutput

GROUPS = 8  # of a normalisation, at most


class Adversarial(Loss):
    """A judge of pictures learns to tell painted from true ones, and the painter to be taken for true.

    The sum of the painter's term, -mean D(painted), and of `balance` times the judge's hinge,
    mean max(0, 1 - D(true)) + mean max(0, 1 + D(painted)) (Lim and Ye 2017, equation 20). The first does not move the
    judge, the second not the painter, so one backward pass teaches both. The judge sees single pictures and not the
    story, on purpose: it asks whether a picture looks true, the other losses whether it is the right one.

    The judge has no state but its weights, so the value is the same in training and in evaluation. A spectral norm
    would carry vectors that change at each look; groups are normalised instead. As the two sides pull against each
    other, a smaller value is no better model: let `train.best` name another loss. `gradient_clip` counts the judge's
    gradient in.
    """

    needs = ("image",)

    def __init__(self, *, channels: Channels = (16, 32, 64), balance: Annotated[float, Field(gt=0)] = 1.0):
        super().__init__()
        self.judge = PatchJudge(channels)
        self.balance = balance

    def forward(self, output: StoryOutput, batch: StoryBatch) -> Tensor:
        picture = part(output, "image")
        painted = -judged_as_it_is(self.judge, picture.predicted).mean()
        judged = hinge(self.judge(picture.expected.detach()), self.judge(picture.predicted.detach()))
        return painted + self.balance * judged


class PatchJudge(nn.Module):
    """(N, 3, H, W) in [-1, 1] -> (N, 1, h, w): how true each patch looks; positive is true.

    The discriminator of Isola et al. 2017, section 3.2.2, padded by 2 as in Wang et al. 2018, so that any size will
    do. Kernels of 4 at stride 2 reach every pixel equally often: their gradients draw no chequerboard.
    """

    def __init__(self, channels: Sequence[int]):
        super().__init__()
        first = nn.Sequential(_halving(3, channels[0]), nn.LeakyReLU(0.2))
        stages = [
            nn.Sequential(_halving(above, below), _norm(below), nn.LeakyReLU(0.2))
            for above, below in pairwise(channels)
        ]
        self.layers = nn.Sequential(first, *stages, nn.Conv2d(channels[-1], 1, 3, padding=1))

    def forward(self, images: Tensor) -> Tensor:
        return self.layers(images)


def judged_as_it_is(judge: nn.Module, images: Tensor) -> Tensor:
    """What the judge says, with weights that no gradient reaches."""
    weights = {name: weight.detach() for name, weight in judge.named_parameters()}
    return functional_call(judge, weights, (images,))


def hinge(true: Tensor, painted: Tensor) -> Tensor:
    """0 where everything true is above 1 and everything painted below -1."""
    return F.relu(1 - true).mean() + F.relu(1 + painted).mean()


def _halving(above: int, below: int) -> nn.Conv2d:
    return nn.Conv2d(above, below, 4, stride=2, padding=2)


def _norm(channels: int) -> nn.GroupNorm:
    """The most groups, up to 8, that divide the channels."""
    return nn.GroupNorm(next(groups for groups in range(GROUPS, 0, -1) if channels % groups == 0), channels)
