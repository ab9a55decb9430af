"""What a finished run left in its folder, read once. What is absent is empty; what is broken is an error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fabula import files, shipped, yamls
from fabula.errors import FabulaError
from fabula.report.evaluated import read_scores

STAGES = "stages/recipe.yaml"  # the whole recipe of a run that is trained in stages
MARKS = ("evaluation/scores.json", "scores.json", "log.jsonl", "recipe.yaml", "bundle/recipe.yaml", STAGES)


@dataclass(frozen=True)
class Run:
    """The files of one run, or of one evaluation by itself."""

    name: str
    folder: Path
    evaluation: Path  # the folder of scores.json and windows.parquet
    recipe: str
    scores: Mapping[str, Any]
    log: tuple[Mapping[str, Any], ...]
    environment: Mapping[str, Any]
    data: Mapping[str, Any]
    audit: Mapping[str, Any]  # of the data that was evaluated
    costs: Mapping[str, float]  # seconds of every part of the evaluation
    samples: tuple[Path, ...]  # storyboards
    maps: tuple[Path, ...]  # what the model attended to in the same windows
    tellings: tuple[Path, ...]  # folders that `fabula tell` wrote in the run
    stages: tuple[Run, ...] = ()  # what was trained before, in order


def read_run(folder: Path) -> Run:
    """A run folder, a bundle or an evaluation folder. FabulaError where it is none of these, or a file is broken."""
    if not any((folder / mark).exists() for mark in MARKS):
        known = ", ".join(MARKS[:3])
        said = f"no run to report on; a run's folder has at least one of {known}"
        raise FabulaError(f"{folder}: {said}{shipped.hint(folder)}")
    evaluation = folder if (folder / "scores.json").exists() else folder / "evaluation"
    samples, maps = (sorted((folder / "samples").glob(names)) for names in ("*.png", "*-maps.png"))
    return Run(
        name=folder.resolve().name,
        folder=folder,
        evaluation=evaluation,
        recipe=_text(folder / "recipe.yaml") or _text(folder / "bundle" / "recipe.yaml"),
        scores=_scores(evaluation / "scores.json"),
        log=tuple(row for row in _lines(folder / "log.jsonl") if isinstance(row, dict)),
        environment=_json(folder / "environment.json"),
        data=_json(folder / "data.json"),
        audit=_json(evaluation / "audit.json"),
        costs={name: cost for name, cost in _json(evaluation / "costs.json").items() if isinstance(cost, int | float)},
        samples=tuple(path for path in samples if path not in maps),
        maps=tuple(maps),
        tellings=tuple(sorted(path.parent for path in folder.glob("*/telling.json"))),
        stages=tuple(_stages(folder)),
    )


def _stages(folder: Path) -> Iterator[Run]:
    """Those that have begun; the last is the run itself."""
    names = yamls.read_tree(folder / STAGES).values.get("stages", {}) if (folder / STAGES).is_file() else {}
    for name in names:
        if (folder / "stages" / name / "log.jsonl").is_file():
            yield read_run(folder / "stages" / name)


def _scores(path: Path) -> Mapping[str, Any]:
    scores = read_scores(path) if path.exists() else {}
    tellers = scores.get("tellers", {})
    return (
        {**scores, "tellers": {name: {"kind": "floor", **teller} for name, teller in tellers.items()}} if scores else {}
    )


def _text(path: Path) -> str:
    return files.read_text(path) if path.exists() else ""


def _lines(path: Path) -> list[Any]:
    return list(files.read_lines(path)) if path.exists() else []


def _json(path: Path) -> Mapping[str, Any]:
    value = files.read_json(path) if path.exists() else {}
    if not isinstance(value, dict):
        raise FabulaError(f"{path}: expected a JSON object, got {type(value).__name__}")
    return value
