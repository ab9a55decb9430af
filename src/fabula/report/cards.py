"""A window of the gallery as a card: picture, captions, scores, and what was right or wrong."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fabula.report.figures import column_decimals, shown
from fabula.report.pictures import Shown
from fabula.report.tables import Tellers, heading, teller_name, within
from fabula.report.tiles import Tiles
from fabula.report.windows import RIGHT, UNASKED, Windows

ROOMS = {"world.caption": "Caption", "world.picture": "Picture", "cloze": "Cloze"}
SOURCE = "data:image/webp;base64,"

Answers = tuple[tuple[str, bool], ...]  # what was asked, and whether it was right


@dataclass(frozen=True)
class Said:
    label: str
    kind: str  # true, told, or floor: it stands beside, and no text is looked for in it
    caption: str | None


@dataclass(frozen=True)
class Score:
    """A measure of single windows, and between what ends it lies here."""

    label: str
    better: str  # lower, higher
    places: int  # decimals
    lowest: str
    highest: str


@dataclass(frozen=True)
class Question:
    """Whether something was right: `room` and `label` as in `Caption: where`."""

    room: str
    label: str


@dataclass(frozen=True)
class Card:
    window: int
    title: str
    scores: str
    picture: Shown | None
    said: tuple[Said, ...]
    answers: tuple[tuple[str, Answers], ...]  # by room


def cards(windows: Windows, rows: Iterable[int], tiles: Tiles, tellers: Tellers) -> tuple[Card, ...]:
    """The cards of these rows."""
    scores = {name: score(name, column) for name, column in windows.scores.items()}
    return tuple(_card(windows, row, tiles, tellers, scores) for row in rows)


def blank(windows: Windows, tiles: Tiles, tellers: Tellers) -> Card:
    """A card of this gallery with nothing in it yet."""
    said = tuple(Said(of.label, of.kind, "") for of in _said(windows, 0, tellers))
    rooms = dict.fromkeys(question(name).room for name in windows.questions)
    return Card(0, "", "", _shown(tiles, "data:,"), said, tuple((room, ()) for room in rooms))


def score(name: str, column: NDArray[np.float64]) -> Score:
    known, column_of = column[np.isfinite(column)], heading(name)
    places = column_decimals(known.tolist())
    ends = (shown(float(end), places) for end in (known.min(), known.max()))
    return Score(within(column_of.label), column_of.better or "lower", places, *ends)


def question(name: str) -> Question:
    """`world.caption.where` -> Caption, where; `cloze.caption_told` -> Cloze, caption told."""
    room, _, label = name.rpartition(".")
    return Question(ROOMS.get(room, room), label.replace("_", " "))


def encoded(picture: bytes) -> str:
    return base64.b64encode(picture).decode("ascii")


def _card(windows: Windows, row: int, tiles: Tiles, tellers: Tellers, scores: Mapping[str, Score]) -> Card:
    number = int(windows.numbers[row])
    picture = tiles.pictures.get(number)
    values = ((of, float(windows.scores[name][row])) for name, of in scores.items())
    return Card(
        window=number,
        title=f"{windows.stories[row]}, frame {windows.frames[row]}",
        scores=", ".join(f"{of.label} {shown(value, of.places)}" for of, value in values if math.isfinite(value)),
        picture=_shown(tiles, SOURCE + encoded(picture)) if picture else None,
        said=_said(windows, row, tellers),
        answers=_answers({name: letters[row] for name, letters in windows.questions.items()}),
    )


def _shown(tiles: Tiles, source: str) -> Shown:
    told = "".join(f", then the one told by {teller_name(name)}" for name in tiles.told)
    alt = f"Above, the frames given; below, the true frame{told}" if tiles.given else f"The true frame{told}"
    return Shown(source, tiles.width, tiles.height, alt)


def _said(windows: Windows, row: int, tellers: Tellers) -> tuple[Said, ...]:
    told = (
        Said(f"Told by {teller_name(name)}", _kind(windows, tellers, name), captions[row])
        for name, captions in windows.told.items()
    )
    return (Said("True", "true", windows.truths[row]), *told)


def _kind(windows: Windows, tellers: Tellers, name: str) -> str:
    return "told" if name == windows.teller or tellers[name]["kind"] == "model" else "floor"


def _answers(letters: Mapping[str, str]) -> tuple[tuple[str, Answers], ...]:
    rooms: dict[str, list[tuple[str, bool]]] = {}
    for name, letter in letters.items():
        if letter != UNASKED:
            asked = question(name)
            rooms.setdefault(asked.room, []).append((asked.label, letter == RIGHT))
    return tuple((room, tuple(found)) for room, found in rooms.items())
