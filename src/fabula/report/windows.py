"""The windows of an evaluation as columns: what was true, what was told, how it scored, which questions were right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fabula.metrics.cloze import MEASURES as CLOZES
from fabula.metrics.questions import MEASURES as QUESTIONS
from fabula.metrics.questions import right, times
from fabula.report.evaluated import read_table

if TYPE_CHECKING:
    import pyarrow

SCORES = ("picture.mae", "caption.log_loss_word", "caption.chrf")  # of a window, where measured
QUESTIONED = (*QUESTIONS, *CLOZES)
NAMED = ("window", "story_id", "number", "teller", "truth", "caption")
RIGHT, WRONG, UNASKED = "1", "0", "-"


@dataclass(frozen=True)
class Windows:
    """N windows in the order of their numbers."""

    teller: str  # whose scores and answers these are
    numbers: NDArray[np.int64]  # (N,) places in the split
    stories: Sequence[str]
    frames: Sequence[int]  # the target's place in its story, from 1
    truths: Sequence[str]
    told: Mapping[str, Sequence[str | None]]  # teller -> captions, of those who write
    scores: Mapping[str, NDArray[np.float64]]  # measure -> (N,), NaN where there is none
    questions: Mapping[str, str]  # question -> N letters: RIGHT, WRONG, UNASKED. As near as another is not right

    def __len__(self) -> int:
        return len(self.numbers)

    def of(self, rows: NDArray[np.int64]) -> Windows:
        """Only these windows."""

        def some(column: Sequence[Any]) -> list[Any]:
            return [column[row] for row in rows.tolist()]

        return Windows(
            self.teller,
            self.numbers[rows],
            some(self.stories),
            some(self.frames),
            some(self.truths),
            {teller: some(captions) for teller, captions in self.told.items()},
            {measure: column[rows] for measure, column in self.scores.items()},
            {question: "".join(some(letters)) for question, letters in self.questions.items()},
        )


def read_windows(path: Path, tellers: Sequence[str]) -> Windows | None:
    """From `windows.parquet`; None where there is none, or the first of `tellers` is not in it.

    Errors: FabulaError where the file cannot be read.
    """
    if not path.exists() or not tellers:
        return None
    table = _read(path, tellers)
    tables = [_of_teller(table, teller) for teller in tellers]
    first = tables[0]
    if not len(first):
        return None
    numbers = first["window"].to_numpy()
    told = {teller: _captions(table, numbers) for teller, table in zip(tellers, tables, strict=True)}
    return Windows(
        tellers[0],
        numbers,
        first["story_id"].to_pylist(),
        first["number"].to_pylist(),
        first["truth"].to_pylist(),
        {teller: captions for teller, captions in told.items() if any(text is not None for text in captions)},
        {name: column for name in SCORES if np.isfinite(column := _numbers(first, name)).any()},
        {name: letters for name in QUESTIONED if (letters := _letters(first, name)).strip(UNASKED)},
    )


def _read(path: Path, tellers: Sequence[str]) -> pyarrow.Table:
    asked = (column for name in QUESTIONED for column in (right(name), times(name)))
    return read_table(path, NAMED, [("teller", "in", list(tellers))], also={*SCORES, *asked})


def _of_teller(table: pyarrow.Table, teller: str) -> pyarrow.Table:
    rows = np.flatnonzero(np.array(table["teller"].to_pylist(), object) == teller)
    return table.take(rows).sort_by("window")


def _captions(table: pyarrow.Table, numbers: NDArray[np.int64]) -> list[str | None]:
    known = dict(zip(table["window"].to_pylist(), table["caption"].to_pylist(), strict=True))
    return [known.get(number) for number in numbers.tolist()]


def _numbers(table: pyarrow.Table, name: str) -> NDArray[np.float64]:
    """(N,): NaN where the file has no number."""
    if name not in table.column_names:
        return np.full(len(table), np.nan)
    return np.array(table[name].to_pylist(), np.float64)


def _letters(table: pyarrow.Table, name: str) -> str:
    points, asked = _numbers(table, right(name)), _numbers(table, times(name))
    letters = np.where(points >= asked, RIGHT, WRONG)
    return "".join(np.where(asked > 0, letters, UNASKED))
