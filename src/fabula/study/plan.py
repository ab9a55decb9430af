"""The plan of a study: which arms, what they share, what they may cost, what is measured."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from fabula import yamls
from fabula.errors import FabulaError, unknown
from fabula.metrics import MEASURES
from fabula.recipe import Number, Positive, Seed
from fabula.schema import Problem, read

USUAL = (
    "picture.mae",
    "picture.mse",
    "picture.ssim",
    "picture.sharpness",
    "caption.perplexity_word",
    "caption.log_loss_word",
    "caption.bleu",
)
CONTEXT = "context."  # before a measure: by how much it is worse in another story's context
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]*")  # of an arm: it is the name of a folder
RULED = {  # what is the same for all arms, and who says it
    "seed": "seeds",
    "train.steps": "budget",
    "train.epochs": "budget",
    "train.threads": "the study: one thread a run",
}


@dataclass(frozen=True)
class Budget:
    """What every arm may cost: exactly one of steps and seconds; with `parameters` its width is chosen to fit."""

    steps: Number | None = None
    seconds: Positive | None = None  # of training, on one core
    parameters: Number | None = None  # weights


@dataclass(frozen=True)
class Pretraining:
    """A run of `fabula pretrain` before the arm's own; its recipe is the arm's unless it names one."""

    recipe: str | None = None
    overrides: tuple[str, ...] = ()


@dataclass(frozen=True)
class Before:
    picture: Pretraining | None = None
    text: Pretraining | None = None

    def items(self) -> Iterator[tuple[str, Pretraining]]:
        """The stages that there are, by name."""
        yield from ((name, stage) for name, stage in vars(self).items() if stage is not None)


@dataclass(frozen=True)
class Arm:
    """What is different here; `{picture}` and `{text}` in an override stand for the folders of what went before."""

    recipe: str | None = None  # the plan's parent unless it names one
    overrides: tuple[str, ...] = ()
    before: Before = field(default_factory=Before)
    as_large_as: str | None = None  # another arm, whose number of weights this one's width is chosen to meet


@dataclass(frozen=True)
class Plan:
    name: str
    arms: dict[str, Arm]
    budget: Budget
    parent: str | None = None
    overrides: tuple[str, ...] = ()  # of all arms
    compare: str = ""  # the arm that all others are compared with; the first where none is named
    seeds: tuple[Seed, ...] = (0, 1, 2)
    measures: tuple[str, ...] = USUAL
    limit: Number | None = None  # windows of the test split, at even distances; None: all
    data: tuple[str, ...] = ()  # sources; empty: the one that the recipe of `compare` names

    @property
    def others(self) -> list[str]:
        return [name for name in self.arms if name != self.compare]

    @property
    def counted(self) -> list[str]:
        """The measures that follow from windows, and that arms can be compared by."""
        return [measure for measure in self.measures if measure in MEASURES]

    def recipe_of(self, arm: str) -> str:
        """The name of an arm's recipe."""
        return self.arms[arm].recipe or self.parent or ""


def read_plan(path: Path, data: tuple[str, ...] = ()) -> tuple[Plan, yamls.Tree]:
    """The plan in a YAML file, and where each line of it stood; `data` takes the place of the plan's own sources.

    FabulaError holds all mistakes, one a line: dotted path, file and line, what came, what was meant.
    """
    tree = yamls.read_tree(path)
    values = _spelled_out({**tree.values, **({"data": list(data)} if data else {})})
    problems: list[Problem] = []
    plan = read(values, Plan, "", problems)
    problems += _check(values)
    refuse(problems, tree)
    assert plan is not None
    return replace(plan, compare=plan.compare or next(iter(plan.arms))), tree


def refuse(problems: list[Problem], tree: yamls.Tree) -> None:
    """FabulaError with the place of each problem, where there are any."""
    if problems:
        said = dict.fromkeys(f"{p.path} ({tree.place(p.path) or 'plan'}): {p.said}" for p in problems)
        raise FabulaError("\n".join(said))


def _spelled_out(values: Mapping[str, Any]) -> dict[str, Any]:
    """An arm may be a bare list of overrides, or nothing at all."""
    arms = values.get("arms")
    if not isinstance(arms, Mapping):
        return dict(values)
    return {**values, "arms": {name: _arm(arm) for name, arm in arms.items()}}


def _arm(arm: Any) -> Any:
    return {"overrides": arm or []} if arm is None or isinstance(arm, list) else arm


def _check(values: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong between values of which each may be right; the plan may have other faults."""
    arms = values.get("arms")
    arms = arms if isinstance(arms, Mapping) else {}
    if "arms" in values and not arms:
        yield Problem("arms", "give at least one arm, as in `baseline: []`")
    yield from (
        Problem(f"arms.{name}", f"{name!r} is no name; take letters, digits, and . _ + - between them")
        for name in arms
        if not NAME.fullmatch(str(name))
    )
    if values.get("compare") and arms and values["compare"] not in arms:
        yield Problem("compare", unknown(values["compare"], arms))
    yield from _check_budget(values.get("budget"))
    for key in ("seeds", "data", "measures"):
        yield from _check_list(key, values.get(key))
    yield from _check_overrides("overrides", values.get("overrides"), values)
    for name, arm in arms.items():
        if isinstance(arm, Mapping):
            if not arm.get("recipe") and not values.get("parent"):
                yield Problem(f"arms.{name}", "no recipe; name one here, or a `parent` for all arms")
            yield from _check_overrides(f"arms.{name}.overrides", arm.get("overrides"), values)
            yield from _check_size(name, arms, values.get("budget"))


def _check_budget(budget: Any) -> Iterator[Problem]:
    if isinstance(budget, Mapping) and (budget.get("steps") is None) == (budget.get("seconds") is None):
        yield Problem("budget", "give exactly one of steps and seconds; `parameters` may stand beside either")


def _check_size(name: str, arms: Mapping[str, Any], budget: Any) -> Iterator[Problem]:
    """An arm can be as large as one whose own recipe says how large it is."""
    other, path = arms[name].get("as_large_as"), f"arms.{name}.as_large_as"
    if other is None:
        return
    if isinstance(budget, Mapping) and budget.get("parameters"):
        yield Problem(path, "budget.parameters says already how large all arms are; take one of the two away")
    if other not in arms or other == name:
        yield Problem(path, unknown(other, [arm for arm in arms if arm != name]))
    elif isinstance(arms[other], Mapping) and arms[other].get("as_large_as"):
        yield Problem(path, f"{other} is itself as large as another; name {arms[other]['as_large_as']}")
    for override in arms[name].get("overrides") or ():
        if str(override).partition("=")[0].strip() == "model.dim":
            yield Problem(f"arms.{name}.overrides", f"model.dim follows from {other}; it is as large as that")


def _check_list(key: str, values: Any) -> Iterator[Problem]:
    if not isinstance(values, list):
        return
    if not values and key != "data":
        yield Problem(key, "give at least one, or leave the line out")
    yield from (Problem(key, f"{value!r} stands twice") for i, value in enumerate(values) if value in values[:i])
    if key == "measures":
        wrong = (value for value in values if str(value).removeprefix(CONTEXT) not in MEASURES)
        yield from (Problem(key, unknown(value, MEASURES)) for value in wrong)


def _check_overrides(path: str, overrides: Any, values: Mapping[str, Any]) -> Iterator[Problem]:
    """An arm must not take for itself what all arms have alike."""
    ruled = dict(RULED)
    if values.get("data"):
        ruled["data.source"] = "data"
    if isinstance(budget := values.get("budget"), Mapping) and budget.get("parameters"):
        ruled["model.dim"] = "budget.parameters"
    for override in overrides if isinstance(overrides, list) else []:
        key = str(override).partition("=")[0].strip()
        stage, _, inner = key.removeprefix("stages.").partition(".") if key.startswith("stages.") else ("", "", key)
        if inner in ruled and not (stage and inner == "train.steps"):  # which are shares of the budget there
            yield Problem(path, f"{key} is not an arm's to choose; it is ruled by {ruled[inner]}")
