"""Learning rates as functions of the step; what has to be remembered (a plateau, the best so far) is a value."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from fabula import recipe as recipes

GAIN = 1e-4  # a plateau ends by a gain of this share, as in torch's ReduceLROnPlateau


@dataclass(frozen=True)
class Plateau:
    """How long the loss has not fallen, and what the rate has been multiplied with for it."""

    lowest: float | None = None
    waited: int = 0
    scale: float = 1.0

    def after(self, loss: float, schedule: recipes.Schedule) -> Plateau:
        """The plateau after one more validation."""
        if self.lowest is None or loss < self.lowest * (1 - GAIN):
            return Plateau(loss, 0, self.scale)
        if self.waited + 1 > schedule.patience:
            return Plateau(self.lowest, 0, self.scale * schedule.factor)
        return replace(self, waited=self.waited + 1)


@dataclass(frozen=True)
class Best:
    """The best validation so far, and how many have passed since."""

    value: float | None = None
    step: int = 0
    waited: int = 0

    def after(self, value: float, step: int, *, more_is_better: bool) -> Best:
        """The best after one more validation; an equal value is no gain, and what is not a number never is one."""
        gain = self.value is None or (value > self.value if more_is_better else value < self.value)
        return Best(value, step) if gain and math.isfinite(value) else replace(self, waited=self.waited + 1)


def learning_rate(step: int, steps: int, plan: recipes.Train, plateau: Plateau | None = None) -> float:
    """The rate of the optimiser step that takes `step` (from 0) to `step + 1`, of `steps` in all.

    It grows in a straight line over the warm-up; over the steps that remain it follows the schedule.
    """
    schedule = plan.schedule
    if step < schedule.warmup_steps:
        return plan.learning_rate * (step + 1) / schedule.warmup_steps
    step, steps = step - schedule.warmup_steps, max(1, steps - schedule.warmup_steps)
    if schedule.kind == "cosine":
        return plan.learning_rate * _between(1.0, schedule.final, step / steps)
    if schedule.kind == "onecycle":
        return plan.learning_rate * _one_cycle(step, steps, schedule)
    return plan.learning_rate * (plateau.scale if plateau and schedule.kind == "plateau" else 1.0)


def _one_cycle(step: int, steps: int, schedule: recipes.Schedule) -> float:
    """Smith and Topin 2018 as torch's OneCycleLR has it: up to the highest rate, then far below the first."""
    first = 1 / schedule.div_factor
    top = schedule.pct_start * steps - 1
    if step <= top:
        return _between(first, 1.0, step / top if top > 0 else 1.0)
    return _between(1.0, first / schedule.final_div_factor, min(1.0, (step - top) / max(1e-9, steps - 1 - top)))


def _between(start: float, end: float, share: float) -> float:
    """Half a cosine wave from `start` (share 0) to `end` (share 1)."""
    return end + (start - end) * (1 + math.cos(math.pi * share)) / 2
