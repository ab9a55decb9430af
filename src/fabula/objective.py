"""What training makes small: a weighted sum of named losses, each with its own schedule."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from fabula import recipe as recipes
from fabula.errors import FabulaError
from fabula.losses import LOSSES
from fabula.losses.parts import missing
from fabula.spec import build
from fabula.types import StoryBatch, StoryOutput


class Objective(nn.Module):
    """`offers`, where it is given, is what the model has (`StoryModel.offers`): a loss that needs more is refused."""

    def __init__(self, losses: Mapping[str, recipes.Loss], offers: tuple[str, ...] | None = None):
        super().__init__()
        self.plans = dict(losses)
        self.losses = {name: build(LOSSES, plan.use) for name, plan in losses.items()}
        self.registered = nn.ModuleList(self.losses.values())
        self.needs = frozenset(need for loss in self.losses.values() for need in loss.needs)
        if offers is not None:
            self._check(offers)

    def forward(self, output: StoryOutput, batch: StoryBatch, step: int) -> tuple[Tensor, dict[str, Tensor]]:
        """The total to minimise, and each active loss before its weight, detached."""
        total, parts = (output.memory.state.values * 0).sum(), {}
        for name, plan in self.plans.items():
            if step >= plan.start_step:
                value = self.losses[name](output, batch)
                total = total + weight(plan, step) * value
                parts[name] = value.detach()
        return total, parts

    def prepare(self, pictures: NDArray[np.uint8], key: str) -> None:
        """Let every loss get ready with the train pictures (N, H, W, 3), which `key` names."""
        for loss in self.losses.values():
            loss.prepare(pictures, key)

    def _check(self, offers: tuple[str, ...]) -> None:
        for name, loss in self.losses.items():
            for need in loss.needs:
                if need not in offers:
                    raise FabulaError(f"losses.{name}: {missing(need)}")


def weight(plan: recipes.Loss, step: int) -> float:
    """Nothing before `start_step`; then a straight line that reaches the full weight after `ramp_steps` steps."""
    if step < plan.start_step:
        return 0.0
    return plan.weight * min(1.0, (step - plan.start_step + 1) / max(1, plan.ramp_steps))
