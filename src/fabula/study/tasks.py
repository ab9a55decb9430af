"""Everything that a study runs, in its order: what each task needs, by what command it is done, when it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fabula import files
from fabula.study import shares
from fabula.study.arms import Stage, Subject, digest
from fabula.study.layout import StudyFolder
from fabula.study.plan import CONTEXT, Plan
from fabula.study.speed import MEASURED, speed_of, with_validations

QUICK = ("pictures", "likelihood", "overlap", "meteor", "names", "variety", "endings", "probes")
COSTLY = {  # measures that are measured where the plan names them -> by which part
    "caption.cider": "cider",
    "caption.tags": "tags",
    "world.": "questions",
    "cloze.": "cloze",
    "retrieval.": "retrieval",
    "agreement.": "retrieval",
    "scorer.": "retrieval",
    CONTEXT: "context",
}
KEPT_PICTURES = 6  # windows whose told pictures are kept, for the storyboards


@dataclass(frozen=True)
class Task:
    """`command` is asked for once all of `needs` are done: a budget of seconds is steps only then."""

    name: str
    needs: tuple[str, ...]
    command: Callable[[], list[str]]
    product: Path  # there once it is done
    recipe: str = ""  # the digest of what it is made of


@dataclass(frozen=True)
class Work:
    """A plan with its subjects, in its folder."""

    plan: Plan
    subjects: Sequence[Subject]
    folder: StudyFolder

    @property
    def sources(self) -> dict[str, str]:
        """The sources of data: the folder's name -> the source."""
        return {subject.data: subject.recipe.data.source for subject in self.subjects}

    def subjects_on(self, data: str) -> dict[str, Subject]:
        return {subject.arm: subject for subject in self.subjects if subject.data == data}

    def steps(self, subject: Subject) -> shares.Steps:
        """The steps of an arm, by stage; where the budget is in seconds, its speed must have been measured."""
        if self.plan.budget.seconds is None:
            return shares.of_steps(self.plan.budget.steps or 1, subject.own)
        speeds, plans = self.speed(subject), {name: recipe.train for name, recipe in subject.trained.items()}
        each = {name: with_validations(speeds[name], plan.validate_every) for name, plan in plans.items()}
        return shares.of_seconds(self.plan.budget.seconds, subject.own, each)

    def speed(self, subject: Subject) -> dict[str, dict[str, float]]:
        """By stage."""
        folders = self.trained(subject, self.folder.speed(subject.data, subject.arm))
        return {name: speed_of(folder / "log.jsonl") for name, folder in folders.items()}

    def trained(self, subject: Subject, run: Path) -> dict[str, Path]:
        """Where the stages of an arm lie in one of its runs."""
        return self.folder.stages(run, list(subject.trained))

    def folders(self, subject: Subject) -> dict[str, Path]:
        """Where what went before this arm lies."""
        return {stage.kind: self.folder.before(subject.data, stage.name) for stage in subject.stages}


def tasks_of(work: Work) -> list[Task]:
    """One source after the other; all arms of a seed before the next seed, so that an early end compares something."""
    found: dict[str, Task] = {}
    for data in work.sources:
        arms = work.subjects_on(data)
        ordered = [arms[work.plan.compare], *(arms[name] for name in work.plan.others)]
        for subject in ordered:
            found |= {task.name: task for task in _first(work, subject)}
        floors = _floors(work, ordered[0])
        found[floors.name] = floors
        for seed in work.plan.seeds:
            for subject in ordered:
                found |= {task.name: task for task in _run(work, subject, seed)}
    return list(found.values())


def train_name(subject: Subject, seed: int) -> str:
    return f"{subject.key}/seed-{seed}.train"


def evaluate_name(subject: Subject, seed: int) -> str:
    return f"{subject.key}/seed-{seed}.evaluate"


def floors_name(data: str) -> str:
    return f"{data}/floors"


def before_name(subject: Subject, stage: Stage) -> str:
    return f"{subject.data}/before-{stage.name}"


def _speed_name(subject: Subject) -> str:
    return f"{subject.key}/speed"


def _first(work: Work, subject: Subject) -> Iterator[Task]:
    """What an arm begins with, and how fast it is."""
    for stage in subject.stages:
        run = work.folder.before(subject.data, stage.name)
        given = ["pretrain", stage.kind, str(stage.said.file), *stage.said.overrides]
        command = [*given, "--run", str(run), "--resume", "--no-floors"]
        name = before_name(subject, stage)
        yield Task(name, (), lambda command=command: command, run / "bundle", digest(stage.recipe))
    if work.plan.budget.seconds is not None:
        yield _measuring(work, subject)


def _measuring(work: Work, subject: Subject) -> Task:
    """A few steps and one validation, by the same door as the run itself."""
    run, heads = work.folder.speed(subject.data, subject.arm), [f"stages.{n}." if n else "" for n in subject.trained]
    often = [f"{head}train.{name}_every={MEASURED}" for head in heads for name in ("validate", "save", "sample")]

    def command() -> list[str]:
        steps = dict.fromkeys(subject.trained, MEASURED)
        return [*_train(work, subject, work.plan.seeds[0], steps), *often, *_ending(run)]

    return Task(_speed_name(subject), _stages(subject), command, run / "bundle", digest(*subject.trained.values()))


def _run(work: Work, subject: Subject, seed: int) -> Iterator[Task]:
    run, needs = work.folder.run(subject.data, subject.arm, seed), (*_stages(subject), *_measured(work, subject))
    recipe = digest(*(replace(stage, seed=seed) for stage in subject.trained.values()))

    def command() -> list[str]:
        return [*_train(work, subject, seed, work.steps(subject)), *_ending(run)]

    yield Task(train_name(subject, seed), needs, command, run / "bundle", recipe)
    scoring = ["evaluate", str(run), "--alone", *_alike(work.plan)]
    product = run / "evaluation" / "scores.json"
    yield Task(evaluate_name(subject, seed), (train_name(subject, seed),), lambda: scoring, product, recipe)


def _floors(work: Work, subject: Subject) -> Task:
    """The floors of a source: of the recipe, the steps and the first seed of the arm that all are compared with."""
    out, needs = work.folder.floors(subject.data), (*_stages(subject), *_measured(work, subject))

    def command() -> list[str]:
        given = subject.overrides(work.folders(subject), work.plan.seeds[0])
        steps = shares.overrides(work.steps(subject))
        scored = ["--floors", *_alike(work.plan), "--out", str(out)]
        return ["evaluate", str(subject.said.file), *given, *steps, *scored]

    return Task(floors_name(subject.data), needs, command, out / "scores.json", digest(*subject.trained.values()))


def _train(work: Work, subject: Subject, seed: int, steps: shares.Steps) -> list[str]:
    given = subject.overrides(work.folders(subject), seed)
    return ["train", str(subject.said.file), *given, *shares.overrides(steps)]


def _ending(run: Path) -> list[str]:
    return ["--run", str(run), "--resume", "--no-floors"]


def _alike(plan: Plan) -> list[str]:
    """What every evaluation of a study is given."""
    limit = ["--limit", str(plan.limit)] if plan.limit is not None else []
    costly = (part for room, part in COSTLY.items() if any(measure.startswith(room) for measure in plan.measures))
    only = [word for part in (*QUICK, *costly) for word in ("--only", part)]
    return [*limit, *only, "--keep-pictures", str(KEPT_PICTURES)]


def _stages(subject: Subject) -> tuple[str, ...]:
    return tuple(before_name(subject, stage) for stage in subject.stages)


def _measured(work: Work, subject: Subject) -> tuple[str, ...]:
    return (_speed_name(subject),) if work.plan.budget.seconds is not None else ()


def facts_of(folder: StudyFolder, name: str) -> dict[str, Any]:
    """What is known of a task: `command`, `recipe`, `done`, `wall_seconds`, `memory_mib`; empty: never begun."""
    path = folder.facts(name)
    return files.read_json(path) if path.is_file() else {}


def is_done(folder: StudyFolder, task: Task, command: list[str]) -> bool:
    """Whether just this has been done before."""
    facts = facts_of(folder, task.name)
    same = facts.get("command") == command and facts.get("recipe") == task.recipe
    return bool(facts.get("done")) and same and task.product.exists()
