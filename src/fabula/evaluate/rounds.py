"""Every teller about every window, chunk by chunk, chunks side by side, each row written as it is known."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fabula.evaluate.asking import Chunk, ask, kind_of, the_truth
from fabula.evaluate.boards import keep_pictures
from fabula.evaluate.ceilings import ask_ceilings
from fabula.evaluate.closely import ask_conditions, looked_at, scored
from fabula.evaluate.found import Found
from fabula.evaluate.gallery import Gallery
from fabula.evaluate.inquiry import Inquiry
from fabula.evaluate.rows import Rows, rows_of
from fabula.floors.progress import Progress
from fabula.hands import each
from fabula.metrics import Told

CHUNK = 64  # windows held at a time


def ask_all(inquiry: Inquiry, folder: Path, kept: set[int], progress: Progress) -> None:
    """Fills the inquiry's scores; writes windows.parquet, the gallery, and the told pictures of the windows kept."""
    numbers, gallery = inquiry.numbers, Gallery(inquiry, folder)
    chunks = [numbers[start : start + CHUNK] for start in range(0, len(numbers), CHUNK)]
    inquiry.prepare()
    a_round = Round(inquiry, gallery, folder, kept)
    answers = closing(each(a_round, chunks, inquiry.hands))
    with Rows(folder / "windows.parquet") as rows, progress("evaluating", len(numbers)) as advance, answers as told:
        for (found, table), some in zip(told, chunks, strict=True):
            inquiry.found.join(found)
            rows.add(table)
            advance(len(some), "windows")
    gallery.close()


@dataclass(frozen=True)
class Round:
    """One chunk, asked of every teller: what was found, and its rows. What is kept in files is written at once."""

    inquiry: Inquiry
    gallery: Gallery
    folder: Path
    kept: set[int]

    def __call__(self, numbers: NDArray[np.int64]) -> tuple[Found, pa.Table]:
        inquiry = self.inquiry.afresh()
        chunk = inquiry.chunk(numbers)
        few = np.isin(chunk.numbers, inquiry.few.numbers)
        inquiry.found.truth.add(replace(the_truth(chunk), few=few))
        asked = {name: self._ask(inquiry, name, chunk, few) for name in inquiry.tellers}
        told = {name: said for name, (said, _) in asked.items()}
        inquiry.found.likeness.add(*(_of_kind(inquiry, told, kind) for kind in ("model", "floor")))
        for name in inquiry.models:
            ask_conditions(inquiry, name, chunk, told[name])
        ask_ceilings(inquiry, chunk)
        keep_pictures(self.folder, "truth", chunk, chunk.truths, self.kept)
        with inquiry.found.timed("gallery"):
            self.gallery.add(chunk, told)
        return inquiry.found, pa.concat_tables([rows for _, rows in asked.values()])

    def _ask(self, inquiry: Inquiry, name: str, chunk: Chunk, few: NDArray[np.bool_]) -> tuple[Told, pa.Table]:
        teller = inquiry.tellers[name]
        with inquiry.found.timed(f"tell.{name}"):
            told, frames = ask(teller, chunk, inquiry.seed, inquiry.data.picture_size)
            told = looked_at(inquiry, teller, chunk, told, few)
        found = inquiry.found.scores[name].add(told, scored(inquiry, name, chunk, told))
        if teller.paints:
            keep_pictures(self.folder, name, chunk, frames, self.kept)
        if kind_of(teller) == "model":
            inquiry.found.told[name] += [frame for frame, close in zip(frames, few, strict=True) if close]
        return told, rows_of(inquiry.split, name, kind_of(teller), chunk, told.captions, found)


def _of_kind(inquiry: Inquiry, told: Mapping[str, Told], kind: str) -> dict[str, Told]:
    return {name: said for name, said in told.items() if kind_of(inquiry.tellers[name]) == kind}
