"""All that changes while a run goes on, and how it is born."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.nn import Parameter
from torch.optim import Optimizer

from fabula import recipe as recipes
from fabula.building import Learner, build_learner
from fabula.objective import Objective
from fabula.train.schedule import Best, Plateau
from fabula.types import Vocabulary


@dataclass
class TrainState:
    """Weights, what the optimiser remembers, and where the run stands."""

    model: Learner
    objective: Objective
    optimizer: Optimizer
    step: int = 0
    plateau: Plateau = field(default_factory=Plateau)
    best: Best = field(default_factory=Best)
    scaler: dict[str, Any] = field(default_factory=dict)  # of float16 alone

    def learning(self) -> Iterator[tuple[str, Parameter]]:
        """Everything that learns, by name, in the order in which the optimiser holds it."""
        for room, module in (("model", self.model), ("objective", self.objective)):
            for name, parameter in module.named_parameters(room):
                if parameter.requires_grad:
                    yield name, parameter


def fresh_state(recipe: recipes.Recipe, vocabulary: Vocabulary) -> TrainState:
    """The model as it is born of the recipe's seed, and an optimiser that remembers nothing."""
    torch.manual_seed(recipe.seed)
    model = build_learner(recipe, vocabulary)
    objective = Objective(recipe.losses, model.offers)
    return TrainState(model, objective, _optimizer([*model.parameters(), *objective.parameters()], recipe.train))


def _optimizer(parameters: list[Parameter], plan: recipes.Train) -> Optimizer:
    """AdamW decays weights apart from the gradient (Loshchilov and Hutter 2019); Adam does not decay them."""
    learning = [parameter for parameter in parameters if parameter.requires_grad]
    if plan.optimizer == "adamw":
        return torch.optim.AdamW(learning, lr=plan.learning_rate, weight_decay=plan.weight_decay)
    return torch.optim.Adam(learning, lr=plan.learning_rate)


def count_steps(plan: recipes.Train, windows: int, processes: int = 1) -> int:
    """The optimiser steps of a whole run; epochs are counted in windows, and the last one is finished."""
    if plan.steps is not None:
        return plan.steps
    assert plan.epochs is not None
    return max(1, math.ceil(plan.epochs * windows / (plan.batch_size * plan.accumulate * processes)))
