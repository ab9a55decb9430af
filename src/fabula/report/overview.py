"""Runs side by side: one row a model with what every paper's table has, and what it cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fabula.report.figures import ABSENT, column_decimals, seconds, shown
from fabula.report.reading import Run
from fabula.report.tables import Cell, Heading, Row, Table, heading

COLUMNS = (
    "picture.mae",
    "picture.mse",
    "picture.ssim",
    "caption.perplexity",
    "caption.perplexity_word",
    "caption.bleu",
)
SIMILARITY = Heading("cross_modal", "Similarity, told", None, "Cosine of told picture and told caption in own encoders")
TRUE = Heading("cross_modal_true", "of true pairs", None, "The same for true pairs")
SHUFFLED = Heading("cross_modal_shuffled", "of shuffled pairs", None, "The same with another story's caption")
WEIGHTS = Heading("weights", "Weights", None, "Numbers that the model holds")
TIME = Heading("time", "Training", None, "Time of all training steps, validation and samples included")
NOTE = (
    "Perplexity is teacher-forced, BLEU free-running; a perplexity per token compares only models of one tokenizer. "
    "Runs of different data, splits or sizes of pictures are not to be compared: see the line beneath each name."
)


def overview(runs: Sequence[Run], abouts: Sequence[str]) -> Table | None:
    """The models of all runs that were evaluated; None where there is none. `abouts` says on what each was."""
    models = [(run, about, name) for run, about in zip(runs, abouts, strict=True) for name in _models(run)]
    if not models:
        return None
    title = "Side by side" if len(models) > 1 else "At a glance"
    columns = [*map(heading, COLUMNS), SIMILARITY, TRUE, SHUFFLED, WEIGHTS, TIME]
    numbers = [list(_numbers(run, name)) for run, _, name in models]
    known = (
        [entry["value"] for entry in column if entry["value"] is not None] for column in zip(*numbers, strict=True)
    )
    places = [column_decimals(values) for values in known]
    rows = tuple(
        Row(_name(run, name), "model", about, (*_cells(row, places), *_costs(run)))
        for (run, about, name), row in zip(models, numbers, strict=True)
    )
    return Table("overview", title, NOTE, tuple(columns), rows)


def _name(run: Run, model: str) -> str:
    """`demo`, and `demo (guess)` of the same model in another manner."""
    _, between, manner = model.partition(" (")
    return f"{run.name}{between}{manner}"


def _models(run: Run) -> list[str]:
    return [name for name, teller in run.scores.get("tellers", {}).items() if teller["kind"] == "model"]


def _numbers(run: Run, name: str) -> Iterator[Mapping[str, Any]]:
    metrics = run.scores["tellers"][name]["metrics"]
    pairs = run.scores.get("probes", {}).get(name, {}).get("cross_modal", {})
    yield from (metrics.get(column, {"value": None}) for column in COLUMNS)
    yield from (pairs.get(pair, {"value": None}) for pair in ("told", "true", "shuffled"))


def _cells(row: Sequence[Mapping[str, Any]], places: Sequence[int]) -> Iterator[Cell]:
    for entry, decimals in zip(row, places, strict=True):
        low, high = entry.get("low"), entry.get("high")
        interval = f"{shown(low, decimals)} to {shown(high, decimals)}" if low is not None else ""
        yield Cell(shown(entry["value"], decimals), interval)


def _costs(run: Run) -> tuple[Cell, Cell]:
    weights, time = run.environment.get("weights"), run.environment.get("seconds")
    return Cell(shown(weights, 0)), Cell(seconds(time) if isinstance(time, int | float) else ABSENT)
