"""The best, the median and the worst told windows of a run, with their pictures as the evaluation kept them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fabula.report.figures import decimals, shown
from fabula.report.stories import ShownFrame
from fabula.report.tables import Tellers, heading

RANKED_BY = ("picture.mae", "caption.log_loss_word")  # the mean of a window's ranks in those that there are
EACH = 2  # windows of each kind


@dataclass(frozen=True)
class Moment:
    """One window: what was given, what was true, what was told."""

    place: str  # best, median, worst
    title: str
    scores: str
    context: tuple[ShownFrame, ...]
    next: tuple[ShownFrame, ...]  # the true frame and the told ones


def moments(evaluation: Path, tellers: Tellers) -> list[Moment]:
    """Of the first model of an evaluation; none where it kept no windows."""
    models = [name for name, teller in tellers.items() if teller["kind"] == "model"]
    rows = window_rows(evaluation / "windows.parquet", models[0]) if models else []
    return [_moment(evaluation, place, row) for place, row in chosen(rows)] if rows else []


def _moment(evaluation: Path, place: str, row: Mapping[str, Any]) -> Moment:
    return Moment(place, str(row.get("story", "")), score_line(row), (), ())


def ranks(rows: Sequence[Mapping[str, Any]]) -> np.ndarray:
    """Every window's mean rank, 0 the best; a window that lacks a measure stands in its middle."""
    columns = [[row.get(name) for row in rows] for name in RANKED_BY]
    kept = [
        [np.nan if v is None else float(v) for v in column] for column in columns if any(v is not None for v in column)
    ]
    if not kept:
        return np.zeros(len(rows))
    return np.mean([_rank(np.asarray(column)) for column in kept], 0)


def _rank(values: np.ndarray) -> np.ndarray:
    filled = np.where(np.isfinite(values), values, np.nanmedian(values))
    return np.argsort(np.argsort(filled, kind="stable"), kind="stable").astype(float)


def chosen(rows: Sequence[Mapping[str, Any]], each: int = EACH) -> list[tuple[str, Mapping[str, Any]]]:
    """`each` windows from both ends and the middle of the ranking, no window twice."""
    order = np.argsort(ranks(rows), kind="stable")
    middle = max(0, len(order) // 2 - each // 2)
    groups = {"best": order[:each], "median": order[middle : middle + each], "worst": order[len(order) - each :][::-1]}
    taken: set[int] = set()
    picked: list[tuple[str, Mapping[str, Any]]] = []
    for place, numbers in groups.items():
        picked += [(place, rows[n]) for n in map(int, numbers) if n >= 0 and n not in taken]
        taken.update(map(int, numbers))
    return picked


def score_line(row: Mapping[str, Any]) -> str:
    """`MAE 0.121, log-loss per word, nats 2.31`."""
    known = {name: row[name] for name in RANKED_BY if row.get(name) is not None}
    return ", ".join(f"{heading(name).label} {shown(value, decimals([value]))}" for name, value in known.items())


def window_rows(path: Path, teller: str) -> list[dict[str, Any]]:
    """The rows of one teller from windows.parquet; none where there is no such file."""
    if not path.exists():
        return []
    import pyarrow.parquet as parquet

    return parquet.read_table(path, filters=[("teller", "=", teller)]).to_pylist()
