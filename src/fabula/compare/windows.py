"""What one teller told, window by window, from `windows.parquet`: columns that measures add up, and the captions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as compute
from numpy.typing import NDArray

from fabula.errors import FabulaError
from fabula.metrics import MEASURES, STATISTICS, WINDOWS, Told
from fabula.metrics.told import Column
from fabula.report.evaluated import AGAIN, read_table

OF_WORDS = ("overlap", "variety")  # statistics that follow from the captions alone
Target = tuple[str, int]  # a story's id, and the place of the frame that is told


@dataclass(frozen=True)
class Windows:
    """N windows of one evaluation: which frame each tells, the true caption, and all columns that are known."""

    targets: list[Target]
    truths: list[str]
    columns: Mapping[str, Column]

    def of(self, targets: Sequence[Target]) -> Windows:
        """Only these windows, in this order."""
        place = {target: row for row, target in enumerate(self.targets)}
        rows = np.array([place[target] for target in targets], dtype=np.int64)
        columns = {name: column[rows] for name, column in self.columns.items()}
        return replace(self, targets=list(targets), truths=[self.truths[row] for row in rows], columns=columns)

    @property
    def stories(self) -> NDArray[Any]:
        """(N,) the story of every window."""
        return np.unique([story for story, _ in self.targets], return_inverse=True)[1]

    def has(self, measure: str) -> bool:
        """Whether the measure follows from the columns."""
        reads = MEASURES[measure].reads
        return bool(reads) and all(column in self.columns for column in reads)


def common(sides: Sequence[Windows]) -> list[Target]:
    """The frames that all of them have told, in the order of the first."""
    shared = set(sides[0].targets).intersection(*(set(side.targets) for side in sides[1:]))
    return [target for target in sides[0].targets if target in shared]


def read_windows(evaluation: Path, teller: str) -> Windows:
    """From `windows.parquet`; the counts of BLEU and its like are taken from the captions that stand there."""
    table = _read(evaluation, teller)
    truths, told = table["truth"].to_pylist(), table["caption"].to_pylist()
    columns = {WINDOWS: np.ones(len(table))}
    for name in table.column_names:
        if pa.types.is_float64(table.schema.field(name).type) and table[name].null_count < len(table):
            columns[name] = compute.fill_null(table[name], float("nan")).to_numpy().astype(np.float64)
    if None not in told:
        columns |= _of_words(truths, told)
    return Windows(_targets(table), truths, columns)


def read_rows(evaluation: Path, teller: str) -> dict[Target, Mapping[str, Any]]:
    """Of every frame that was told: `window`, its number in that evaluation, `start`, `truth` and `caption`."""
    table = _read(evaluation, teller, ["window", "story_id", "start", "number", "truth", "caption"])
    return dict(zip(_targets(table), table.to_pylist(), strict=True))


def _read(evaluation: Path, teller: str, columns: list[str] | None = None) -> pa.Table:
    path = evaluation / "windows.parquet"
    table = read_table(path, columns, [("teller", "=", teller)])
    if not len(table):
        raise FabulaError(f"{path}: no window in it that this one has told; {AGAIN}")
    return table


def _targets(table: pa.Table) -> list[Target]:
    return list(zip(table["story_id"].to_pylist(), table["number"].to_pylist(), strict=True))


def _of_words(truths: list[str], told: list[str]) -> dict[str, Column]:
    nothing = np.zeros((len(told), 0, 0, 3), np.uint8)
    words = Told(nothing, truths, captions=told)
    return {name: column for part in OF_WORDS for name, column in STATISTICS[part](words).items()}
