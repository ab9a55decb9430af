"""How many weights a recipe has, and the width that gives it as many as are wished."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import torch

from fabula.building import build_learner
from fabula.errors import FabulaError
from fabula.recipe import Recipe
from fabula.types import Vocabulary

NARROWEST, WIDEST = 2, 4096
FAR = 64  # widths that are tried beyond one that is refused: many components take multiples of something


def count_weights(recipe: Recipe, vocabulary: int | None = None) -> int:
    """All weights of what the recipe's stage trains, frozen ones too, without memory for them.

    `vocabulary` is the size of the real tokenizer; the recipe's own where it is not known yet.
    """
    words = Vocabulary(vocabulary or recipe.data.vocabulary, 0, 1, 2)
    with torch.device("meta"):
        return sum(parameter.numel() for parameter in build_learner(recipe, words).parameters())


def width_for(recipe: Recipe, wanted: int) -> int:
    """The `model.dim` whose number of weights is nearest to `wanted`; the smaller of two that are as near.

    Wider models have more weights, so halving finds it. Widths that a component refuses (heads that do not divide it)
    are passed over. FabulaError where all are refused.
    """
    weights = cache(lambda dim: _weights(recipe, dim))
    low, high = NARROWEST, WIDEST  # all up to `low` have too few, all from `high` on too many
    while high - low > 1:
        middle = (low + high) // 2
        there = _next(weights, middle)
        low, high = (low, middle) if there is None or (weights(there) or 0) > wanted else (max(there, middle), high)
    known = [dim for dim in (_next(weights, low), _next(weights, high)) if dim is not None]
    if not known:
        raise FabulaError(f"budget.parameters: no width of this model can be built: {_refused(recipe, high)}")
    return min(known, key=lambda dim: (abs((weights(dim) or 0) - wanted), dim))


def _next(weights: Callable[[int], int | None], dim: int) -> int | None:
    """The first width from `dim` on that can be built."""
    return next((wider for wider in range(dim, min(dim + FAR, WIDEST + 1)) if weights(wider) is not None), None)


def _weights(recipe: Recipe, dim: int) -> int | None:
    try:
        return count_weights(replace(recipe, model=replace(recipe.model, dim=dim)))
    except (FabulaError, ValueError):
        return None


def _refused(recipe: Recipe, dim: int) -> str:
    try:
        return f"{count_weights(replace(recipe, model=replace(recipe.model, dim=dim)))} weights"
    except (FabulaError, ValueError) as error:
        return str(error)
