"""Every teller about every window, chunk by chunk, each row written as it is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fabula.evaluate.asking import Chunk, ask, kind_of, the_truth
from fabula.evaluate.boards import keep_pictures
from fabula.evaluate.closely import looked_at, scored
from fabula.evaluate.inquiry import Inquiry
from fabula.evaluate.rows import Rows
from fabula.floors.progress import Progress
from fabula.metrics import Told

CHUNK = 64  # windows held at a time


def ask_all(inquiry: Inquiry, folder: Path, kept: set[int], progress: Progress) -> None:
    """Fills the inquiry's scores; writes windows.parquet, and the told pictures of the windows that are kept."""
    numbers = inquiry.numbers
    with Rows(folder / "windows.parquet", inquiry.split) as rows, progress("evaluating", len(numbers)) as advance:
        for start in range(0, len(numbers), CHUNK):
            chunk = inquiry.chunk(numbers[start : start + CHUNK])
            few = np.isin(chunk.numbers, inquiry.few.numbers)
            inquiry.truth.add(replace(the_truth(chunk), few=few))
            told = {name: _ask_one(inquiry, name, chunk, few, rows, kept, folder) for name in inquiry.tellers}
            inquiry.likeness.add(*(_of_kind(inquiry, told, kind) for kind in ("model", "floor")))
            keep_pictures(folder, "truth", chunk, chunk.truths, kept)
            rows.flush()
            advance(len(chunk.numbers), "windows")


def _ask_one(
    inquiry: Inquiry, name: str, chunk: Chunk, few: NDArray[np.bool_], rows: Rows, kept: set[int], folder: Path
) -> Told:
    teller = inquiry.tellers[name]
    with inquiry.timed(f"tell.{name}"):
        told, frames = ask(teller, chunk, inquiry.seed, inquiry.data.picture_size)
        told = looked_at(inquiry, teller, chunk, told, few)
    found = inquiry.scores[name].add(told, scored(inquiry, name, chunk, told))
    rows.add(name, kind_of(teller), chunk, told.captions, found)
    if teller.paints:
        keep_pictures(folder, name, chunk, frames, kept)
    if kind_of(teller) == "model":
        inquiry.told[name] += [frame for frame, close in zip(frames, few, strict=True) if close]
    return told


def _of_kind(inquiry: Inquiry, told: Mapping[str, Told], kind: str) -> dict[str, Told]:
    return {name: said for name, said in told.items() if kind_of(inquiry.tellers[name]) == kind}
