"""How the towers learn: batches of one source at a time, the symmetric contrastive loss, AdamW."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from fabula.losses.infonce import COLDEST, both_ways
from fabula.scorer.pairs import Pairs
from fabula.scorer.towers import Towers


@dataclass(frozen=True)
class Plan:
    """How long and how fast. Every `turns`-th step learns from the second source, and so on in turn."""

    steps: int = 400
    batch_size: int = 128
    learning_rate: float = 3e-3
    weight_decay: float = 0.05
    warmup: int = 30
    temperature: float = 0.07  # at the beginning: it learns too
    turns: tuple[int, ...] = (3, 1)  # of the sources, in their order; the last holds for those that follow
    seed: int = 0


def learn(towers: Towers, sources: Sequence[Pairs], plan: Plan) -> Iterator[tuple[int, float]]:
    """Take one step per `next`: its number and its loss in nats. All chance follows from the seed and the step.

    A batch is of one source: pairs of another are told apart by their style alone, and teach nothing.
    """
    log_scale = nn.Parameter(torch.tensor(-math.log(plan.temperature)))
    kept = [weight for weight in towers.parameters() if weight.ndim > 1]
    free = [weight for weight in towers.parameters() if weight.ndim < 2] + [log_scale]
    groups = [{"params": kept, "weight_decay": plan.weight_decay}, {"params": free, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=plan.learning_rate, betas=(0.9, 0.98))
    order = in_turn(len(sources), plan.turns)
    towers.train()
    for step in range(plan.steps):
        for group in optimizer.param_groups:
            group["lr"] = plan.learning_rate * _share(step, plan)
        dice = np.random.default_rng([plan.seed, step])
        loss = _loss(towers, log_scale, *sources[order[step % len(order)]].batch(plan.batch_size, dice))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(kept + free, 1.0)
        optimizer.step()
        yield step + 1, loss.item()
    towers.eval()


def in_turn(sources: int, turns: Sequence[int]) -> list[int]:
    """Whose turn it is, again and again: `in_turn(2, (3, 1))` is [0, 0, 0, 1]."""
    many = [turns[min(place, len(turns) - 1)] for place in range(sources)]
    return [place for place, count in enumerate(many) for _ in range(count)]


def _loss(towers: Towers, log_scale: nn.Parameter, pictures: Tensor, ids: Tensor, twins: Tensor) -> Tensor:
    with torch.no_grad():  # the parameter itself is held back, so that it can come down again
        log_scale.clamp_(max=-math.log(COLDEST))
    return both_ways(towers.pictures(pictures) @ towers.captions(ids).T * log_scale.exp(), twins)


def _share(step: int, plan: Plan) -> float:
    """Of the learning rate: up in a line, down in half a cosine (Loshchilov and Hutter 2017)."""
    if step < plan.warmup:
        return (step + 1) / plan.warmup
    done = (step - plan.warmup) / max(1, plan.steps - plan.warmup)
    return (1 + math.cos(math.pi * done)) / 2
