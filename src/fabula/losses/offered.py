"""Errors that a decoder has measured itself."""

from __future__ import annotations

from torch import Tensor

from fabula.losses.parts import term
from fabula.roles import Loss
from fabula.types import StoryBatch, StoryOutput


class FlowMatching(Loss):
    """The mean squared error of a flow's velocity (Lipman et al. 2023), over stories."""

    needs = ("flow",)

    def forward(self, output: StoryOutput, batch: StoryBatch) -> Tensor:
        return term(output, "flow").mean()


class Drawn(Loss):
    """Mean absolute error, on the scale [-1, 1], of what a painter draws himself before he mixes it with copies."""

    needs = ("drawn",)

    def forward(self, output: StoryOutput, batch: StoryBatch) -> Tensor:
        return term(output, "drawn").mean()


class Retold(Loss):
    """Mean nats per token of the context's captions, by a writer who tells them on its way; 0 where there are none."""

    needs = ("retold",)

    def forward(self, output: StoryOutput, batch: StoryBatch) -> Tensor:
        nats = term(output, self.needs[0])
        return nats.sum() / max(1, nats.numel())


class Alone(Retold):
    """The same by the network without its other voices: who is never needed never learns."""

    needs = ("alone",)
