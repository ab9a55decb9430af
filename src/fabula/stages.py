"""The stage before the story: a recipe turned into one that learns to tell single frames of themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import torch

from fabula.building import build_learner, check_model
from fabula.losses import LOSSES
from fabula.recipe import RESERVED, Recipe
from fabula.types import Vocabulary

Stage = Literal["picture", "text"]


def staged(recipe: Recipe, stage: Stage) -> Recipe:
    """The recipe for one encoder and its decoder: every frame by itself, and only the losses that these can serve.

    FabulaError where the recipe lacks the encoder, the decoder, or any loss for them.
    """
    data = replace(recipe.data, context=0, notes="none")
    alone = replace(recipe, stage=stage, data=data, losses={}, name=f"{recipe.name}-{stage}")
    check_model(alone)
    losses = {name: loss for name, loss in recipe.losses.items() if set(_needs(loss)) <= set(_offers(alone))}
    keep = recipe.train.best in losses or recipe.train.best in RESERVED[:2]
    alone = replace(alone, losses=losses, train=recipe.train if keep else replace(recipe.train, best="loss"))
    check_model(alone)
    return alone


def _offers(recipe: Recipe) -> tuple[str, ...]:
    with torch.device("meta"):
        return build_learner(recipe, Vocabulary(recipe.data.vocabulary, 0, 1, 2)).offers


def _needs(loss) -> tuple[str, ...]:
    return LOSSES[loss.use.kind].needs
