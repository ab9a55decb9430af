"""The training loop. Order and randomness follow from (seed, step), so a resumed run repeats an unbroken one."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from accelerate import Accelerator
from torch import Tensor, nn

from fabula import recipe as recipes
from fabula.errors import FabulaError
from fabula.train.precision import full_precision
from fabula.train.schedule import learning_rate
from fabula.train.state import TrainState
from fabula.types import StoryBatch

At = Callable[[int], StoryBatch]  # the batch of a number, counted from 0


@dataclass(frozen=True)
class StepReport:
    """What one optimiser step was."""

    step: int  # how many are done, this one included
    loss: float  # the weighted sum
    parts: dict[str, float]  # each active loss before its weight
    gradient_norm: float  # before clipping
    learning_rate: float
    windows: int  # learned from, by all processes
    seconds: float  # of the whole step
    waited: float  # seconds of these for batches


@dataclass(frozen=True)
class _Part:
    """One batch of a step, learned from."""

    loss: Tensor
    parts: dict[str, Tensor]
    waited: float


@dataclass(frozen=True)
class _Loop:
    state: TrainState
    at: At
    recipe: recipes.Recipe
    accelerator: Accelerator
    lesson: Any  # as Accelerate runs it
    optimizer: Any


class _Lesson(nn.Module):
    """Model and objective as one, so that processes that learn together see which weights a loss reaches."""

    def __init__(self, state: TrainState):
        super().__init__()
        self.model, self.objective = state.model, state.objective

    def forward(self, batch: StoryBatch, step: int) -> tuple[Tensor, dict[str, Tensor]]:
        output = self.model(batch, self.objective.needs)
        with torch.autocast(batch.context.images.device.type, enabled=False):
            return self.objective(full_precision(output), batch, step)


def train(
    state: TrainState, at: At, recipe: recipes.Recipe, steps: int, accelerator: Accelerator
) -> Iterator[StepReport]:
    """Take one optimiser step per `next`, until `steps` are done; the caller logs, validates and saves between them.

    Step s of process r of R learns from the batches `(s * accumulate + i) * R + r` for i in 0 .. accumulate - 1.
    FabulaError, before the weights change, when the loss or the gradient is no finite number.
    """
    loop = _Loop(state, at, recipe, accelerator, *accelerator.prepare(_Lesson(state), state.optimizer))
    _restore_scaler(state, accelerator)
    while state.step < steps:
        yield _step(loop, learning_rate(state.step, steps, recipe.train, state.plateau))


def _step(loop: _Loop, rate: float) -> StepReport:
    state, plan = loop.state, loop.recipe.train
    began = time.perf_counter()
    loop.lesson.train()
    loop.optimizer.zero_grad()
    seen = [_learn(loop, number, last=number == plan.accumulate - 1) for number in range(plan.accumulate)]
    loss, parts = _means(seen)
    norm = _update(loop, rate, {"loss": loss, **parts})
    windows = plan.batch_size * plan.accumulate * loop.accelerator.num_processes
    seconds, waited = time.perf_counter() - began, sum(part.waited for part in seen)
    return StepReport(state.step, loss, parts, norm, rate, windows, seconds, waited)


def _learn(loop: _Loop, part: int, *, last: bool) -> _Part:
    """Add the gradients of one batch; the processes share them after the last."""
    accelerator, plan = loop.accelerator, loop.recipe.train
    number = (loop.state.step * plan.accumulate + part) * accelerator.num_processes + accelerator.process_index
    began = time.perf_counter()
    batch = loop.at(number).to(accelerator.device)
    waited = time.perf_counter() - began
    torch.manual_seed(seed_of(loop.recipe.seed, number))
    with _sharing(loop, last):
        loss, parts = loop.lesson(batch, loop.state.step)
        accelerator.backward(loss / plan.accumulate)
    return _Part(loss.detach(), parts, waited)


def _sharing(loop: _Loop, last: bool) -> AbstractContextManager[Any]:
    return nullcontext() if last else loop.accelerator.no_sync(loop.lesson)


def seed_of(seed: int, number: int) -> int:
    """The dice of one batch; runs of neighbouring seeds share none for the first million batches."""
    return (seed * 1_000_003 + number) % 2**63


def _means(seen: list[_Part]) -> tuple[float, dict[str, float]]:
    loss = sum(float(part.loss) for part in seen) / len(seen)
    return loss, {name: sum(float(part.parts[name]) for part in seen) / len(seen) for name in seen[0].parts}


def _update(loop: _Loop, rate: float, losses: dict[str, float]) -> float:
    """Clip and step; gives the norm of the gradient as it was."""
    state, limit = loop.state, loop.recipe.train.gradient_clip
    learning = [parameter for group in state.optimizer.param_groups for parameter in group["params"]]
    norm = loop.accelerator.clip_grad_norm_(learning, math.inf if limit is None else limit)
    gradient = 0.0 if norm is None else float(norm)
    _check(state.step, losses, gradient, scaled=loop.accelerator.scaler is not None)
    for group in state.optimizer.param_groups:
        group["lr"] = rate
    loop.optimizer.step()
    state.step += 1
    state.scaler = loop.accelerator.scaler.state_dict() if loop.accelerator.scaler else {}
    return gradient


def _check(step: int, losses: dict[str, float], gradient: float, *, scaled: bool) -> None:
    """With scaled losses (float16) an infinite gradient only means that the scaler skips the step."""
    if all(map(math.isfinite, losses.values())) and (scaled or math.isfinite(gradient)):
        return
    said = ", ".join(f"{name} {value:.4g}" for name, value in {**losses, "gradient norm": gradient}.items())
    raise FabulaError(
        f"training stopped at step {step + 1}: not a finite number ({said}); "
        "try a smaller train.learning_rate, more warm-up or a smaller train.gradient_clip"
    )


def _restore_scaler(state: TrainState, accelerator: Accelerator) -> None:
    if accelerator.scaler and state.scaler:
        accelerator.scaler.load_state_dict(state.scaler)
