"""The stage before the story: a recipe turned into one that learns to tell single frames of themselves."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Literal

import torch

from fabula.building import build_learner, check_model
from fabula.errors import FabulaError
from fabula.losses import LOSSES
from fabula.recipe import Recipe
from fabula.types import Vocabulary

Stage = Literal["picture", "text"]


def staged(recipe: Recipe, stage: Stage) -> Recipe:
    """The recipe for one encoder and its decoder: every frame by itself, and only the losses that these can serve.

    FabulaError where the recipe lacks the encoder, the decoder, or any loss for them.
    """
    data = replace(recipe.data, context=0, notes="none")
    alone = served(replace(recipe, stage=stage, data=data, name=f"{recipe.name}-{stage}"))
    check_model(alone)
    return alone


def served(recipe: Recipe, said: Collection[str] = ()) -> Recipe:
    """The recipe with those of its losses that its stage can serve, and those that are `said`.

    The best is by one of these, or by their sum. FabulaError where there are none.
    """
    check_model(replace(recipe, losses={}))
    offers = set(_offers(recipe))
    losses = {name: loss for name, loss in recipe.losses.items() if name in said or set(_needs(loss)) <= offers}
    if not losses:
        raise FabulaError(f"losses: none of {', '.join(recipe.losses)} is for the stage {recipe.stage!r}; give it one")
    keep = recipe.train.best in losses or (recipe.train.best == "perplexity" and "caption" in offers)
    return replace(recipe, losses=losses, train=recipe.train if keep else replace(recipe.train, best="loss"))


def _offers(recipe: Recipe) -> tuple[str, ...]:
    with torch.device("meta"):
        return build_learner(recipe, Vocabulary(recipe.data.vocabulary, 0, 1, 2)).offers


def _needs(loss) -> tuple[str, ...]:
    return LOSSES[loss.use.kind].needs
