"""The gallery: every told window of an evaluation, with what a page needs to show and to filter them."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from fabula.report.cards import Card, Score, blank, cards, encoded, question, score
from fabula.report.reading import Run
from fabula.report.tables import Tellers, best_floor, ordered, teller_name
from fabula.report.tiles import Tiles, read_tiles
from fabula.report.windows import Windows, read_windows

MOST = 5_000  # windows in a page; of more, some at even distances, and all that have a picture
AT_ONCE = 24  # windows that are shown before somebody asks for more
FLOOR_BY = ("caption.chrf", "caption.bleu", "picture.mae")  # in which the floor that stands beside is the best


@dataclass(frozen=True)
class Gallery:
    windows: int
    every: int  # that were evaluated
    tiles: int
    teller: str  # whose scores and answers are shown
    legend: str  # what the parts of a picture are
    scores: tuple[Score, ...]
    questions: tuple[tuple[str, tuple[tuple[int, str], ...]], ...]  # by room: number of the column, and label
    blank: Card  # what a card of this gallery looks like
    cards: tuple[Card, ...]  # the first that are shown
    data: Markup  # JSON for gallery.js


def gallery(run: Run, tellers: Tellers) -> Gallery | None:
    """None where the evaluation has no windows, or nobody told any. FabulaError where a file is broken."""
    found = read_windows(run.evaluation / "windows.parquet", whose(tellers))
    if found is None:
        return None
    tiles = read_tiles(run.evaluation / "gallery").of(found.numbers.tolist())
    held = found.of(chosen(found.numbers, tiles.pictures))
    first = _first(held, tiles)
    return Gallery(
        windows=len(held),
        every=len(found),
        tiles=len(tiles.pictures),
        teller=teller_name(held.teller),
        legend=_legend(tiles),
        scores=tuple(score(name, column) for name, column in held.scores.items()),
        questions=_by_room(held.questions),
        blank=blank(held, tiles, tellers),
        cards=cards(held, first, tiles, tellers),
        data=_json(columns(held, tiles, held.numbers[first].tolist())),
    )


def whose(tellers: Tellers) -> list[str]:
    """All models, and the best floor in what it writes, else in what it paints; that floor alone without a model."""
    floors = [floor for name in FLOOR_BY if (floor := best_floor(tellers, name))]
    return [*(name for name in ordered(tellers) if tellers[name]["kind"] == "model"), *floors[:1]]


def chosen(numbers: NDArray[np.int64], pictures: Collection[int]) -> NDArray[np.int64]:
    """The rows that stand in the page: all, or `MOST` at even distances, those with a picture among them."""
    has = np.isin(numbers, list(pictures))
    others = np.flatnonzero(~has)
    room = min(max(0, MOST - int(has.sum())), len(others))
    return np.sort(np.concatenate([np.flatnonzero(has), others[np.arange(room) * len(others) // max(room, 1)]]))


def columns(windows: Windows, tiles: Tiles, drawn: Collection[int] = ()) -> dict[str, Any]:
    """What gallery.js reads. Texts stand once and columns hold their places: who copies tells what was true before.

    Tiles of the windows in `drawn` are left out: they stand in the page already.
    """
    places: dict[str, int] = {}

    def place(text: str | None) -> int:
        return -1 if text is None else places.setdefault(text, len(places))

    return {
        "windows": windows.numbers.tolist(),
        "stories": list(map(place, windows.stories)),
        "frames": list(windows.frames),
        "said": [list(map(place, captions)) for captions in (windows.truths, *windows.told.values())],
        "scores": [list(map(_rounded, column.tolist())) for column in windows.scores.values()],
        "answers": list(windows.questions.values()),
        "tiles": {number: encoded(held) for number, held in tiles.pictures.items() if number not in drawn},
        "texts": list(places),
    }


def _by_room(names: Iterable[str]) -> tuple[tuple[str, tuple[tuple[int, str], ...]], ...]:
    rooms: dict[str, list[tuple[int, str]]] = {}
    for number, asked in enumerate(map(question, names)):
        rooms.setdefault(asked.room, []).append((number, asked.label))
    return tuple((room, tuple(found)) for room, found in rooms.items())


def _first(windows: Windows, tiles: Tiles) -> list[int]:
    """What is shown at first: windows with pictures, where there are any."""
    rows = np.flatnonzero(np.isin(windows.numbers, list(tiles.pictures)))
    return (rows if len(rows) else np.arange(len(windows)))[:AT_ONCE].tolist()


def _legend(tiles: Tiles) -> str:
    """What stands where in a picture."""
    if not tiles.pictures:
        return ""
    told = "".join(f", then what {teller_name(name)} told" for name in tiles.told)
    above = "the frames that were given stand above, oldest first; below them " if tiles.given else ""
    return f"In a picture {above}the true frame{told}."


def _rounded(value: float) -> float | None:
    """Nine figures: so many that what is shown is rounded once."""
    return float(f"{value:.9g}") if math.isfinite(value) else None


def _json(value: Mapping[str, Any]) -> Markup:
    """As it may stand in a script element: no text can end it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))
