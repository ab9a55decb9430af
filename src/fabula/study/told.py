"""What one run told, window by window, as columns that measures add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as compute
import pyarrow.parquet as parquet
from numpy.typing import NDArray

from fabula import files
from fabula.evaluate.opening import MODEL
from fabula.metrics import MEASURES, STATISTICS, WINDOWS, Told
from fabula.metrics.told import Column

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


def read_windows(evaluation: Path, teller: str = MODEL) -> Windows:
    """From `windows.parquet`; the counts of BLEU and its like are taken from the captions that stand there."""
    path = evaluation / "windows.parquet"
    with files.said("read", path):
        table = parquet.read_table(path, filters=[("teller", "=", teller)])
    truths, told = table["truth"].to_pylist(), table["caption"].to_pylist()
    columns = {WINDOWS: np.ones(len(table))}
    for name in table.column_names:
        if name.startswith(("picture.", "caption.")) and table[name].null_count < len(table):
            columns[name] = compute.fill_null(table[name], float("nan")).to_numpy().astype(np.float64)
    if None not in told:
        columns |= _of_words(truths, told)
    return Windows(list(zip(table["story_id"].to_pylist(), table["number"].to_pylist(), strict=True)), truths, columns)


def _of_words(truths: list[str], told: list[str]) -> dict[str, Column]:
    nothing = np.zeros((len(told), 0, 0, 3), np.uint8)
    words = Told(nothing, truths, captions=told)
    return {name: column for part in OF_WORDS for name, column in STATISTICS[part](words).items()}
