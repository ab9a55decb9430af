"""A budget as the steps of every stage of a recipe: all stages grow or shrink alike.

A recipe without stages is one stage without a name. Of one with stages, its own steps say which share each has.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate, pairwise

from fabula.errors import FabulaError
from fabula.recipe import Recipe

Steps = dict[str, int]  # by stage
SLACK = 1e-6  # of a step: what a division may lose


def own_steps(stages: Mapping[str, Recipe]) -> Steps:
    """What the recipe itself gives each stage; one where there is but one, which has all of the budget.

    FabulaError where a stage of several is told epochs: shares are steps.
    """
    if len(stages) == 1:
        return dict.fromkeys(stages, 1)
    for name, recipe in stages.items():
        if recipe.train.steps is None:
            raise FabulaError(f"stages.{name}.train: give steps, not epochs; a budget is shared out by them")
    return {name: recipe.train.steps or 1 for name, recipe in stages.items()}


def of_steps(steps: int, own: Mapping[str, int]) -> Steps:
    """So many steps in all, one at least in each stage."""
    ends = [round(steps * end / sum(own.values())) for end in accumulate(own.values(), initial=0)]
    return {name: max(1, after - before) for name, (before, after) in zip(own, pairwise(ends), strict=True)}


def of_seconds(seconds: float, own: Mapping[str, int], each: Mapping[str, float]) -> Steps:
    """The steps of all stages that fit into so many seconds; a step of a stage takes `each`. One at least in each."""
    whole = sum(own[name] * each[name] for name in own)
    return {name: max(1, int(seconds * own[name] / whole + SLACK)) for name in own}


def overrides(steps: Mapping[str, int]) -> tuple[str, ...]:
    """What a command is told, so that every stage takes its steps."""
    heads = {name: f"stages.{name}." if name else "" for name in steps}
    each = ((f"{heads[name]}train.steps={count}", f"{heads[name]}train.epochs=null") for name, count in steps.items())
    return tuple(word for words in each for word in words)
