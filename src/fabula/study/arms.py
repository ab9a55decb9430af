"""From a plan to the recipes that its runs are made of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from fabula import recipe as recipes
from fabula import yamls
from fabula.building import check_model
from fabula.data.open import open_source
from fabula.errors import FabulaError
from fabula.recipe import Recipe
from fabula.schema import Problem
from fabula.shelf import find
from fabula.stages import staged
from fabula.staging import Stages, read_stages
from fabula.study import shares
from fabula.study.layout import names_of
from fabula.study.plan import Arm, Plan, Pretraining, refuse
from fabula.study.weights import count_weights, width_for


@dataclass(frozen=True)
class Said:
    """A recipe as a command names it: its file, and the overrides that are the same for all seeds."""

    file: Path
    overrides: tuple[str, ...]

    def stages(self) -> Stages:
        """Complete, and able to be built; what waits for a pretraining is left as the file has it."""
        found = read_stages(self.file, tuple(o for o in self.overrides if not _waits(o)))
        check_model(list(found.values())[-1])
        return found

    def read(self) -> Recipe:
        """The recipe; of one with stages the last, which has all slots."""
        return list(self.stages().values())[-1]

    def told(self, *more: str) -> Said:
        return replace(self, overrides=(*self.overrides, *more))


@dataclass(frozen=True)
class Stage:
    """A pretraining, under a name that is its own: arms that begin alike share it."""

    kind: str  # picture, text
    said: Said
    recipe: Recipe  # as it is trained

    @cached_property
    def name(self) -> str:
        return f"{self.kind}-{digest(self.recipe)[:10]}"


@dataclass(frozen=True)
class Subject:
    """One arm on one source of data."""

    arm: str
    data: str  # the folder's name
    said: Said
    trained: Stages  # its recipe as it is trained, stage by stage; one without a name where it has none
    own: shares.Steps  # by stage, the steps by which a budget is shared out among them
    stages: tuple[Stage, ...]  # what it begins with

    @property
    def recipe(self) -> Recipe:
        """The recipe; of one with stages the last."""
        return list(self.trained.values())[-1]

    @property
    def key(self) -> str:
        return f"{self.data}/{self.arm}"

    def overrides(self, folders: dict[str, Path], seed: int) -> tuple[str, ...]:
        """With the folders of the stages, and the seed."""
        return (*(_filled(o, folders) for o in self.said.overrides), f"seed={seed}")


def subjects_of(plan: Plan, tree: yamls.Tree, folder: Path) -> list[Subject]:
    """All arms on all sources. FabulaError holds the mistakes of all of them, each where it stands in the plan."""
    problems: list[Problem] = []
    widths = {arm: _tried(problems, arm, _width, plan, arm, folder) for arm in plan.arms}
    refuse(problems, tree)
    named = names_of(plan.data or _own_source(plan, folder))
    found = [
        _tried(problems, arm, _subject, plan, arm, folder, source, name, widths[arm])
        for source, name in named.items()
        for arm in plan.arms
    ]
    refuse(problems, tree)
    subjects = [subject for subject in found if subject is not None]
    _check_sources(subjects, tree)
    return subjects


def _tried(problems: list[Problem], arm: str, make, *given):
    """What is wrong with an arm's recipe, said at the arm's place in the plan."""
    try:
        return make(*given)
    except FabulaError as error:
        lines = str(error).replace("(command line)", "(an override)").replace("command line: ", "").split("\n")
        problems += [Problem(f"arms.{arm}", line) for line in lines]
        return None


def _own_source(plan: Plan, folder: Path) -> tuple[str, ...]:
    return (_said(plan, plan.compare, folder).read().data.source,)


def _said(plan: Plan, arm: str, folder: Path, *more: str) -> Said:
    overrides = (*plan.overrides, *plan.arms[arm].overrides, *more, f'name="{arm}"')
    return Said(recipe_file(plan.recipe_of(arm), folder), overrides)


def recipe_file(name: str, folder: Path) -> Path:
    """A recipe's file: relative to the plan, or where recipes are found."""
    for candidate in (folder / name, folder / f"{name}.yaml"):
        if candidate.is_file():
            return candidate
    return find(name)


def _width(plan: Plan, arm: str, folder: Path) -> tuple[str, ...]:
    """The override that gives an arm its number of weights; none where the budget does not ask for one."""
    recipe, other = _said(plan, arm, folder).read(), plan.arms[arm].as_large_as
    wanted = count_weights(_said(plan, other, folder).read()) if other else plan.budget.parameters
    return () if wanted is None else (f"model.dim={width_for(recipe, wanted)}",)


def _subject(plan: Plan, arm: str, folder: Path, source: str, name: str, width: tuple[str, ...]) -> Subject:
    shared = (f"data.source={json.dumps(source)}", "train.threads=1")
    said = _said(plan, arm, folder, *shared, *width)
    own = shares.own_steps(said.stages())
    steps = shares.of_steps(plan.budget.steps or 1, own)  # of a budget of seconds they are known when the speed is
    stages = tuple(_stages(plan, plan.arms[arm], plan.recipe_of(arm), folder, (*shared, *width)))
    missing = [name for name in ("picture", "text") if _asks(said, name) and name not in {s.kind for s in stages}]
    if missing:
        raise FabulaError(f"an override names {{{missing[0]}}}, but nothing is trained `before: {{{missing[0]}: ...}}`")
    return Subject(arm, name, said, said.told(*shares.overrides(steps)).stages(), own, stages)


def _stages(plan: Plan, arm: Arm, own: str, folder: Path, shared: tuple[str, ...]) -> Iterator[Stage]:
    for kind, stage in arm.before.items():
        said = _said_before(plan, stage, own, folder, shared)
        yield Stage(kind, said, staged(said.read(), kind))  # ty: ignore[invalid-argument-type]


def _said_before(plan: Plan, stage: Pretraining, own: str, folder: Path, shared: tuple[str, ...]) -> Said:
    """One pretraining serves all seeds: it has the first."""
    overrides = (*plan.overrides, *stage.overrides, *shared, f"seed={plan.seeds[0]}")
    return Said(recipe_file(stage.recipe or own, folder), overrides)


def _check_sources(subjects: list[Subject], tree: yamls.Tree) -> None:
    problems = []
    for source, data in {subject.recipe.data.source: subject.recipe.data for subject in subjects}.items():
        try:
            open_source(source, data)
        except FabulaError as error:
            problems.append(Problem("data", str(error)))
    refuse(problems, tree)


def _waits(override: str) -> bool:
    return "{picture}" in override or "{text}" in override


def _asks(said: Said, stage: str) -> bool:
    return any(f"{{{stage}}}" in override for override in said.overrides)


def _filled(override: str, folders: dict[str, Path]) -> str:
    for stage, folder in folders.items():
        override = override.replace(f"{{{stage}}}", str(folder))
    return override


def digest(*stages: Recipe) -> str:
    """Changes with everything that decides a run."""
    return hashlib.sha256("".join(map(recipes.dump, stages)).encode()).hexdigest()
