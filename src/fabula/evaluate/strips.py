"""A few windows with all their samples, to be looked at: `samples/TELLER.json`, and the pictures beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fabula import files
from fabula.data.corpus import Split
from fabula.evaluate.boards import keep_frame
from fabula.evaluate.inquiry import some_of
from fabula.evaluate.sampling import Drawn
from fabula.story import Frame

ROOM = "samples"
SHOWN = 3  # windows, at even distances


def keep_samples(folder: Path, name: str, split: Split, drawn: Drawn, teller: Any) -> None:
    """Write a list of `{"window", "story_id", "number", "true": FRAME, "told": [FRAME]}`, a FRAME as in boards.py."""
    numbers = drawn.chunk.numbers.tolist()
    rows = some_of(len(numbers), SHOWN).tolist()
    strips = [_strip(folder, name, split, numbers[row], drawn.chunk.truths[row], drawn.told[row]) for row in rows]
    files.write_json(folder / ROOM / f"{name}.json", strips)


def _strip(folder: Path, name: str, split: Split, number: int, truth: Frame, told: Sequence[Frame]) -> dict[str, Any]:
    window = split.windows[number]
    places = [f"{ROOM}/{number}-{name}-{sample}" for sample in range(1, len(told) + 1)]
    return {
        "window": number,
        "story_id": split.store.ids[window.story],
        "number": window.start + split.windows.context + 1,
        "true": keep_frame(folder, truth, f"{ROOM}/{number}-true"),
        "told": [keep_frame(folder, frame, place) for frame, place in zip(told, places, strict=True)],
    }
