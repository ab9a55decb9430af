"""What a person names is found: a run or an evaluation, and who told there. `runs/a`, `runs/a:copy_last`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fabula.compare.windows import Windows, read_windows
from fabula.errors import FabulaError, pick
from fabula.report.evaluated import read_scores
from fabula.report.tables import teller_name


@dataclass(frozen=True)
class Side:
    """One teller of one evaluation."""

    name: str  # as it is shown; no two sides of a comparison have the same
    given: str  # as a person named it
    evaluation: Path
    teller: str
    scores: Mapping[str, Any]
    windows: Windows

    @property
    def kind(self) -> str:
        """model, floor, oracle"""
        return self.scores["tellers"][self.teller].get("kind", "floor")

    @property
    def context(self) -> int:
        """How many frames were given."""
        return int(self.scores["protocol"].get("context") or 0)


def read_sides(given: Sequence[str]) -> list[Side]:
    """At least two. FabulaError where one is no evaluation, or has no such teller."""
    if len(given) < 2:
        raise FabulaError(
            f"{', '.join(given) or 'nothing'}: a comparison takes at least two runs, or a run and a floor of it: "
            "RUN RUN:copy_last"
        )
    return _named([_side(each) for each in given])


def _side(given: str) -> Side:
    folder, _, wanted = given.rpartition(":") if not Path(given).exists() and ":" in given else (given, "", "")
    evaluation = _evaluation(Path(folder))
    scores = read_scores(evaluation / "scores.json")
    if not {"data", "split", "protocol", "tellers"} <= set(scores):
        raise FabulaError(f"{evaluation / 'scores.json'}: no scores of an evaluation; evaluate the run again")
    teller = _teller(scores["tellers"], wanted, folder)
    name = evaluation.resolve().parent.name if evaluation.resolve().name == "evaluation" else evaluation.resolve().name
    label = name if scores["tellers"][teller].get("kind") == "model" else f"{teller_name(teller)} of {name}"
    return Side(label, given, evaluation, teller, scores, read_windows(evaluation, teller))


def _evaluation(folder: Path) -> Path:
    for place in (folder, folder / "evaluation"):
        if (place / "scores.json").is_file() and (place / "windows.parquet").is_file():
            return place
    if not folder.exists():
        raise FabulaError(f"{folder}: no such folder; name a run, RUN:TELLER, or a folder that fabula evaluate wrote")
    raise FabulaError(f"{folder}: not evaluated yet (no scores.json and windows.parquet); first: fabula evaluate RUN")


def _teller(tellers: Mapping[str, Any], wanted: str, folder: str) -> str:
    """The one that is asked for, else the model."""
    if wanted:
        return pick(wanted, tellers, f"{folder}: teller")
    models = [name for name, teller in tellers.items() if teller.get("kind") == "model"]
    if not models:
        raise FabulaError(f"{folder}: no model was scored here; name a teller, {folder}:NAME: {', '.join(tellers)}")
    return models[0]


def _named(sides: Sequence[Side]) -> list[Side]:
    """Where two would have the same name, each has the one that it was given; the same one twice is numbered."""
    short = Counter(side.name for side in sides)
    names = [side.name if short[side.name] == 1 else side.given for side in sides]
    before = [names[:place].count(name) for place, name in enumerate(names)]
    again = [f"{name} ({count + 1})" if count else name for name, count in zip(names, before, strict=True)]
    return [replace(side, name=name) for side, name in zip(sides, again, strict=True)]
