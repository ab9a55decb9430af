"""study.json: all values of a study, from the files of its runs."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from fabula import files
from fabula import recipe as recipes
from fabula.compare.protocol import refusal
from fabula.compare.windows import Windows, common, read_windows
from fabula.evaluate.conditions import SHUFFLED
from fabula.evaluate.manners import GUESS
from fabula.evaluate.opening import MODEL
from fabula.journal.environment import read_environment
from fabula.journal.log import read_log
from fabula.metrics import MEASURES
from fabula.study.arms import Subject
from fabula.study.compare import differences
from fabula.study.plan import CONTEXT
from fabula.study.tasks import Work, before_name, evaluate_name, facts_of, floors_name, train_name
from fabula.study.weights import count_weights
from fabula.tokenizer import Tokenizer

CROSS_MODAL = ("told", "true", "shuffled")  # kinds of pairs whose similarity an evaluation may have measured
COSTS = ("seconds", "wall_seconds", "evaluation_seconds", "windows_per_second", "memory_mib")


@dataclass(frozen=True)
class Ended:
    """One finished and scored run."""

    seed: int
    folder: Path
    scores: Mapping[str, Any]
    windows: Windows
    teller: str = MODEL

    @property
    def metrics(self) -> Mapping[str, Any]:
        return self.scores["tellers"][self.teller]["metrics"]

    def values(self, measures: Sequence[str]) -> dict[str, float]:
        """Of the measures those that it has, changed contexts among them, and how alike pictures and captions are."""
        changed = self.scores.get("probes", {}).get(self.teller, {}).get("conditions", {}).get(SHUFFLED, {})
        found = {**self.metrics, **{f"{CONTEXT}{measure}": entry for measure, entry in changed.items()}}
        return {**_known(found, measures), **_cross_modal(self.scores, self.teller)}


def study_values(work: Work, failed: Mapping[str, str]) -> dict[str, Any]:
    """Everything that the table and the page say. What failed is told by its task."""
    plan = work.plan
    return {
        "name": plan.name,
        "fabula": metadata.version("fabula"),
        "compare": plan.compare,
        "seeds": list(plan.seeds),
        "budget": {name: value for name, value in vars(plan.budget).items() if value is not None},
        "measures": {m: _about(m) for m in plan.measures},
        "blocks": [_block(work, data, source, failed) for data, source in work.sources.items()],
        "failed": dict(failed),
    }


def _about(measure: str) -> dict[str, str | None]:
    """What a context is worth has no better side: little may mean that it is not read, or that words say little."""
    known = MEASURES[measure.removeprefix(CONTEXT)]
    return {"better": None if measure.startswith(CONTEXT) else known.better, "regime": known.regime}


def _block(work: Work, data: str, source: str, failed: Mapping[str, str]) -> dict[str, Any]:
    subjects = work.subjects_on(data)
    ended = {name: _ended(work, subject, failed) for name, subject in subjects.items()}
    standard = ended[work.plan.compare]
    first = next((runs[0].scores for runs in (standard, *ended.values()) if runs), {})
    return {
        "data": source,
        "name": data,
        **{key: first[key] for key in ("split", "windows", "stories") if key in first},
        "arms": {name: _arm(work, subjects[name], runs, standard) for name, runs in ended.items()},
        "manners": {f"{n} ({GUESS})": found for n, runs in ended.items() if (found := _guessing(work, runs, standard))},
        "floors": _floors(work, data, failed),
        "floors_cost": _task_cost(work, floors_name(data)),
    }


def _ended(work: Work, subject: Subject, failed: Mapping[str, str]) -> list[Ended]:
    """The runs of an arm that are scored, by seed."""
    seeds = [seed for seed in work.plan.seeds if evaluate_name(subject, seed) not in failed]
    folders = {seed: work.folder.run(subject.data, subject.arm, seed) for seed in seeds}
    there = {seed: folder for seed, folder in folders.items() if (folder / "evaluation" / "scores.json").is_file()}
    return [
        Ended(seed, run, files.read_json(run / "evaluation" / "scores.json"), _windows(run, MODEL))
        for seed, run in there.items()
    ]


def _arm(work: Work, subject: Subject, runs: Sequence[Ended], standard: Sequence[Ended]) -> dict[str, Any]:
    seeds = {str(run.seed): _seed(work, subject, run) for run in runs}
    return {
        "recipe": subject.recipe.name,
        "from": work.plan.recipe_of(subject.arm),
        "overrides": list(work.plan.arms[subject.arm].overrides),
        "dim": subject.recipe.model.dim,
        **(_speed(work, subject) if runs else {}),
        "before": _before(work, subject),
        "seeds": seeds,
        "mean": _means([seed["metrics"] for seed in seeds.values()]),
        "cost": _mean_cost([seed["cost"] for seed in seeds.values()]),
        **(_compared(work, runs, standard) if subject.arm != work.plan.compare else {}),
    }


def _guessing(work: Work, runs: Sequence[Ended], standard: Sequence[Ended]) -> dict[str, Any] | None:
    """The same runs where they paint what errs least, compared as an arm is; None of an arm that has no such manner."""
    name = f"{MODEL} ({GUESS})"
    there = [run for run in runs if name in run.scores["tellers"]]
    if not there:
        return None
    told = [Ended(run.seed, run.folder, run.scores, _windows(run.folder, name), name) for run in there]
    return {
        "mean": _means([run.values(work.plan.measures) for run in told]),
        **_compared(work, told, standard),
    }


def _windows(run: Path, teller: str) -> Windows:
    return read_windows(run / "evaluation", teller)


def _seed(work: Work, subject: Subject, run: Ended) -> dict[str, Any]:
    """One run: its values, its size, what it took."""
    folders = work.trained(subject, run.folder)
    stages = {name: _stage(folder) for name, folder in folders.items()}
    words = Tokenizer.load(run.folder / "bundle" / "tokenizer.json").size
    logs = [row for folder in folders.values() for row in read_log(folder / "log.jsonl")]
    rates = [row["windows_per_second"] for row in logs if row["event"] == "train"]
    return {
        "metrics": run.values(work.plan.measures),
        "weights": count_weights(recipes.load(run.folder / "recipe.yaml"), words),
        "steps": _sum(stages, "steps"),
        "best_step": list(stages.values())[-1]["best_step"],
        **({"stages": stages} if len(stages) > 1 else {}),
        "cost": {
            "seconds": _sum(stages, "seconds"),
            **_task_cost(work, train_name(subject, run.seed)),
            "evaluation_seconds": facts_of(work.folder, evaluate_name(subject, run.seed)).get("wall_seconds"),
            "windows_per_second": round(statistics.median(rates), 2) if rates else None,
        },
    }


def _stage(folder: Path) -> dict[str, float | None]:
    """What one stage of a run took."""
    environment = read_environment(folder / "environment.json")
    return {name: environment.get(name) for name in ("steps", "best_step", "seconds")}


def _sum(stages: Mapping[str, Mapping[str, Any]], name: str) -> float | None:
    """Of all stages together; None where one does not say."""
    found = [stage[name] for stage in stages.values()]
    return None if None in found else round(sum(found), 3)


def _known(metrics: Mapping[str, Any], measures: Sequence[str]) -> dict[str, float]:
    values = {measure: metrics[measure]["value"] for measure in measures if measure in metrics}
    return {measure: value for measure, value in values.items() if value is not None}


def _cross_modal(scores: Mapping[str, Any], teller: str) -> dict[str, float]:
    """How alike pictures and captions are, where the evaluation has measured it."""
    found = scores.get("probes", {}).get(teller, {}).get("cross_modal", {})
    values = {f"cross_modal.{pair}": found.get(pair, {}).get("value") for pair in CROSS_MODAL}
    return {name: value for name, value in values.items() if value is not None}


def _means(seeds: Sequence[Mapping[str, float]]) -> dict[str, dict[str, float | int | None]]:
    """Measure -> the mean over seeds, their standard deviation (None of one alone), and how many there are."""
    names = dict.fromkeys(name for seed in seeds for name in seed)
    return {name: mean_and_spread([seed[name] for seed in seeds if name in seed]) for name in names}


def mean_and_spread(values: Sequence[float]) -> dict[str, float | int | None]:
    spread = statistics.stdev(values) if len(values) > 1 else None
    return {"mean": statistics.fmean(values), "spread": spread, "n": len(values)}


def _mean_cost(costs: Sequence[Mapping[str, float | None]]) -> dict[str, float]:
    """The mean over seeds; of memory the most."""
    found: dict[str, float] = {}
    for name in COSTS:
        known = [value for cost in costs if (value := cost.get(name)) is not None]
        if known:
            found[name] = round(max(known) if name == "memory_mib" else statistics.fmean(known), 2)
    return found


def _compared(work: Work, runs: Sequence[Ended], standard: Sequence[Ended]) -> dict[str, Any]:
    """The differences to the arm that all are compared with, over the seeds that both have."""
    pairs = [(mine, other) for mine in runs for other in standard if mine.seed == other.seed]
    if not pairs:
        return {"difference": {}, "refused": {}}
    measures = work.plan.counted
    refused = {m: why for m in measures if (why := refusal(m, pairs[0][0].scores, pairs[0][1].scores))}
    targets = common([run.windows for pair in pairs for run in pair])
    mine, others = ([run.windows.of(targets) for run in side] for side in zip(*pairs, strict=True))
    if why := _unlike(mine, others, len(pairs[0][1].windows.targets)):
        refused = dict.fromkeys(measures, why)
    allowed = [measure for measure in measures if measure not in refused]
    found = differences(allowed, mine, others) if allowed and targets else {}
    return {"difference": found, "refused": refused, "paired_windows": len(targets), "paired_seeds": len(pairs)}


def _unlike(mine: Sequence[Windows], others: Sequence[Windows], scored: int) -> str | None:
    """Why these windows must not be compared at all; None where they may."""
    if any(windows.truths != others[0].truths for windows in mine):
        return "the true captions are others"
    shared = len(others[0].targets)
    return (
        f"only {shared:,} of {scored:,} windows tell the same frame; leave `limit` out" if 2 * shared < scored else None
    )


def _before(work: Work, subject: Subject) -> dict[str, Any]:
    """What was trained before, and how long that took; once for all seeds and for all arms that begin alike."""
    return {
        stage.kind: {
            "run": stage.name,
            "cost": {
                "seconds": read_environment(work.folder.before(subject.data, stage.name) / "environment.json").get(
                    "seconds"
                ),
                **_task_cost(work, before_name(subject, stage)),
            },
        }
        for stage in subject.stages
    }


def _speed(work: Work, subject: Subject) -> dict[str, Any]:
    if work.plan.budget.seconds is None:
        return {}
    speeds = work.speed(subject)
    return {"speed": speeds.get("", speeds)}


def _task_cost(work: Work, name: str) -> dict[str, float | None]:
    facts = facts_of(work.folder, name)
    return {key: facts.get(key) for key in ("wall_seconds", "memory_mib")}


def _floors(work: Work, data: str, failed: Mapping[str, str]) -> dict[str, Any]:
    path = work.folder.floors(data) / "scores.json"
    if floors_name(data) in failed or not path.is_file():
        return {}
    tellers = files.read_json(path)["tellers"]
    return {
        name: {"kind": teller["kind"], "metrics": _known(teller["metrics"], work.plan.measures)}
        for name, teller in tellers.items()
    }
