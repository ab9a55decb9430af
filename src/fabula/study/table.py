"""The values of a study as one table a data source: arms, then floors; ready for Markdown, terminal and page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fabula.report.figures import ABSENT, column_decimals, fine, seconds, shown, signed
from fabula.report.tables import KINDS, heading, teller_name
from fabula.study.plan import CONTEXT

ARMS = ("compare", "arm")  # the kinds of rows that were trained
PAIRS = {"told": "told picture, told caption", "true": "true pairs", "shuffled": "shuffled pairs"}


@dataclass(frozen=True)
class Column:
    key: str  # a measure's name, or a cost's
    label: str
    better: str | None = None
    means: str = ""
    subject: str = "cost"  # the room of a measure, such as picture; context, cross_modal, cost


@dataclass(frozen=True)
class Cell:
    """`0.121`, `0.003` over seeds, `-0.004`, `-0.006 to -0.002`, better; texts are empty where there is no number."""

    value: str = ABSENT
    spread: str = ""
    difference: str = ""
    interval: str = ""
    verdict: str | None = None


@dataclass(frozen=True)
class Row:
    name: str
    kind: str  # compare, arm, floor, oracle
    cells: tuple[Cell, ...]
    note: str = ""


@dataclass(frozen=True)
class Table:
    data: str
    about: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]

    def of(self, *subjects: str) -> Table:
        """Only the columns of these subjects, and the rows that have a value there."""
        kept = [place for place, column in enumerate(self.columns) if column.subject in subjects]
        rows = [Row(row.name, row.kind, tuple(row.cells[i] for i in kept), row.note) for row in self.rows]
        rows = [row for row in rows if any(cell.value not in ("", ABSENT) for cell in row.cells)]
        return Table(self.data, self.about, tuple(self.columns[i] for i in kept), tuple(rows), self.notes)


def tables_of(study: Mapping[str, Any]) -> list[Table]:
    return [_table(study, block) for block in study["blocks"]]


def _table(study: Mapping[str, Any], block: Mapping[str, Any]) -> Table:
    measured = list(_measured(study, block))
    costs = [column for column in SHOWN if _worth(block, column)]
    places = {column.key: _places(block, column.key) for column in measured}
    floors = sorted(block["floors"], key=lambda name: KINDS.get(block["floors"][name]["kind"], len(KINDS)))
    rows = [_arm(study, block, name, [*measured, *costs], places) for name in block["arms"]]
    rows += [_manner(block["manners"][name], name, [*measured, *costs], places) for name in block["manners"]]
    rows += [_floor(block["floors"][name], name, [*measured, *costs], places) for name in floors]
    said = tuple(row for row in rows if row.kind in ARMS or any(cell.value not in ("", ABSENT) for cell in row.cells))
    return Table(block["data"], _about(study, block), (*measured, *costs), said, tuple(_notes(study, block)))


def _arm(
    study: Mapping[str, Any],
    block: Mapping[str, Any],
    name: str,
    columns: Sequence[Column],
    places: Mapping[str, int],
) -> Row:
    arm, kind = block["arms"][name], "compare" if name == study["compare"] else "arm"
    wanted, there = len(study["seeds"]), len(arm["seeds"])
    cells = [
        _told(arm, column.key, places[column.key]) if column.key in places else _paid(arm, column.key)
        for column in columns
    ]
    return Row(name, kind, tuple(cells), "" if there == wanted else f"{there} of {wanted} seeds")


def _manner(manner: Mapping[str, Any], name: str, columns: Sequence[Column], places: Mapping[str, int]) -> Row:
    """An arm that tells otherwise: it has cost nothing more."""
    cells = [_told(manner, c.key, places[c.key]) if c.key in places else Cell("") for c in columns]
    return Row(name, "arm", tuple(cells))


def _floor(floor: Mapping[str, Any], name: str, columns: Sequence[Column], places: Mapping[str, int]) -> Row:
    """Floors cost next to nothing: their cells there are empty."""
    values = floor["metrics"]
    cells = [Cell(shown(values.get(c.key), places[c.key])) if c.key in places else Cell("") for c in columns]
    return Row(
        teller_name(name), floor["kind"], tuple(cells), "peeks at the target" if floor["kind"] == "oracle" else ""
    )


def _measured(study: Mapping[str, Any], block: Mapping[str, Any]) -> Iterator[Column]:
    """The measures that any arm or floor has, then the similarities of pictures and captions."""
    there = {name for arm in block["arms"].values() for name in arm["mean"]}
    there |= {name for floor in block["floors"].values() for name in floor["metrics"]}
    for name in study["measures"]:
        if name in there:
            yield _column(name)
    for pair, words in PAIRS.items():
        if f"cross_modal.{pair}" in there:
            means = f"How alike a picture and a caption are in the model's own encodings, -1 to 1: {words}."
            yield Column(f"cross_modal.{pair}", f"Similarity, {pair}", None, means, "cross_modal")


def _column(name: str) -> Column:
    head = heading(name.removeprefix(CONTEXT))
    if not name.startswith(CONTEXT):
        return Column(name, head.label, head.better, head.means, name.split(".")[0])
    means = f"{head.label}: by how much it is worse when the context is that of another story; 0: it is not read."
    return Column(name, f"{head.label}, lost in another story's context", None, means, "context")


def _places(block: Mapping[str, Any], key: str) -> int:
    """The decimals of a column: as many for all its numbers."""
    arms = [arm["mean"][key]["mean"] for arm in block["arms"].values() if key in arm["mean"]]
    return column_decimals([*arms, *(f["metrics"][key] for f in block["floors"].values() if key in f["metrics"])])


def _told(arm: Mapping[str, Any], key: str, places: int) -> Cell:
    return _cell(arm["mean"].get(key), arm.get("difference", {}).get(key), places)


def _paid(arm: Mapping[str, Any], key: str) -> Cell:
    return Cell(next(show(arm) for column, show in COSTS if column.key == key))


def _cell(mean: Mapping[str, Any] | None, difference: Mapping[str, Any] | None, places: int) -> Cell:
    if mean is None:
        return Cell()
    value, spread = shown(mean["mean"], places), "" if mean["spread"] is None else shown(mean["spread"], places)
    if difference is None:
        return Cell(value, spread)
    low, high = difference.get("low"), difference.get("high")
    places = max(places, fine(difference["value"]))
    between = "" if low is None or high is None else f"{signed(low, places)} to {signed(high, places)}"
    return Cell(value, spread, signed(difference["value"], places), between, difference["verdict"])


def _weights(arm: Mapping[str, Any]) -> str:
    found = [seed["weights"] for seed in arm["seeds"].values()]
    return shown(found[0], 0) if found else ABSENT


def _steps(arm: Mapping[str, Any]) -> str:
    found = sorted({seed["steps"] for seed in arm["seeds"].values() if seed["steps"] is not None})
    return " to ".join(shown(step, 0) for step in dict.fromkeys((*found[:1], *found[-1:]))) or ABSENT


def _cost(name: str, places: int | None = None) -> Callable[[Mapping[str, Any]], str]:
    def show(arm: Mapping[str, Any]) -> str:
        value = arm["cost"].get(name)
        return ABSENT if value is None else seconds(value) if places is None else shown(value, places)

    return show


def _before(arm: Mapping[str, Any]) -> str:
    took = [stage["cost"]["seconds"] for stage in arm["before"].values() if stage["cost"]["seconds"] is not None]
    return seconds(sum(took)) if took else ABSENT


COSTS: Sequence[tuple[Column, Callable[[Mapping[str, Any]], str]]] = (
    (Column("dim", "Width", means="model.dim"), lambda arm: shown(arm["dim"], 0)),
    (Column("weights", "Weights", means="All weights of the model, frozen ones too."), _weights),
    (Column("steps", "Steps", means="Optimiser steps."), _steps),
    (
        Column("windows_per_second", "Windows/s", means="Windows learned from in a second."),
        _cost("windows_per_second", 1),
    ),
    (Column("seconds", "Training", means="Time of training, mean over seeds."), _cost("seconds")),
    (Column("before", "Before", means="Time of the pretraining; it serves all seeds."), _before),
    (Column("memory_mib", "Memory, MiB", means="The most that a training process held."), _cost("memory_mib", 0)),
)


SHOWN = [column for column, _ in COSTS]


def _worth(block: Mapping[str, Any], column: Column) -> bool:
    """Columns that say nothing are left out."""
    arms = block["arms"].values()
    if column.key == "before":
        return any(arm["before"] for arm in arms)
    return column.key != "dim" or len({arm["dim"] for arm in arms}) > 1


def _about(study: Mapping[str, Any], block: Mapping[str, Any]) -> str:
    said = [f"{block['split']} split", f"{block['windows']:,} windows of {block['stories']:,} stories"]
    said = said if "split" in block else ["nothing was scored"]
    budget = ", ".join(f"{shown(value, 0)} {name}" for name, value in study["budget"].items())
    seeds = len(study["seeds"])
    return ", ".join([*said, f"{seeds} seed{'s' * (seeds > 1)}", f"{budget} an arm"])


def _notes(study: Mapping[str, Any], block: Mapping[str, Any]) -> Iterator[str]:
    yield (
        f"A cell: the mean over seeds ± their standard deviation; beneath it the difference to {study['compare']} on "
        "the same windows, with its 95 % interval over stories. Better and worse are said only where that leaves zero "
        "out and every seed by itself says the same."
    )
    for name, arm in block["arms"].items():
        for why in dict.fromkeys(arm.get("refused", {}).values()):
            lost = [heading(measure).label for measure, said in arm["refused"].items() if said == why]
            yield f"{name} is not compared on {', '.join(lost)}: {why}."
        if 0 < arm.get("paired_windows", block.get("windows", 0)) < block.get("windows", 0):
            yield f"{name} is compared on the {arm['paired_windows']:,} windows that both told."
    for task, reason in study["failed"].items():
        if task.startswith(f"{block['name']}/"):
            yield f"{task.removeprefix(block['name'] + '/')} failed: {reason}"
