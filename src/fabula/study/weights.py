"""How many weights a recipe has, and the width that gives it as many as are wished."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import torch

from fabula.building import build_learner
from fabula.errors import FabulaError
from fabula.recipe import Recipe
from fabula.types import Vocabulary

NARROWEST, WIDEST = 2, 4096
NEAR = 16  # widths on either side that are looked at: many components take multiples of something


def count_weights(recipe: Recipe, vocabulary: int | None = None) -> int:
    """All weights of what the recipe's stage trains, frozen ones too, without memory for them.

    `vocabulary` is the size of the real tokenizer; the recipe's own where it is not known yet.
    """
    words = Vocabulary(vocabulary or recipe.data.vocabulary, 0, 1, 2)
    with torch.device("meta"):
        return sum(parameter.numel() for parameter in build_learner(recipe, words).parameters())


def width_for(recipe: Recipe, wanted: int) -> int:
    """The `model.dim` whose number of weights is nearest to `wanted`; the smaller of two that are as near.

    Widths that a component refuses (heads that do not divide it) are passed over. FabulaError where all are refused.
    """
    weights = cache(lambda dim: _weights(recipe, dim))
    low, high = NARROWEST, WIDEST
    while high - low > NEAR:
        middle = (low + high) // 2
        there = next((dim for dim in range(middle, high) if weights(dim) is not None), high)
        low, high = (middle, high) if there < high and (weights(there) or 0) <= wanted else (low, middle)
    near = range(max(NARROWEST, low - NEAR), min(WIDEST, high + NEAR) + 1)
    known = {dim: found for dim in near if (found := weights(dim)) is not None}
    if not known:
        raise FabulaError(_refused(recipe, low))
    return min(known, key=lambda dim: (abs(known[dim] - wanted), dim))


def _weights(recipe: Recipe, dim: int) -> int | None:
    try:
        return count_weights(replace(recipe, model=replace(recipe.model, dim=dim)))
    except (FabulaError, ValueError):
        return None


def _refused(recipe: Recipe, dim: int) -> str:
    try:
        count_weights(replace(recipe, model=replace(recipe.model, dim=dim)))
    except (FabulaError, ValueError) as error:
        return f"budget.parameters: no model.dim near {dim} can be built ({error})"
    raise AssertionError
