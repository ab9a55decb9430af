"""What is taken for what, for the page: of each world question a table of the model beside those of floors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fabula.metrics.answers import CAPTION, NEVER_TRUE, PICTURE
from fabula.report.folding import REST, Counts, all_answers, counts_of, folded, listed
from fabula.report.mistaken import greatest, number, quoted, share
from fabula.report.tables import teller_name
from fabula.world.questions.seeing import CHOICES

NOTES = {
    "Captions": "What the told caption says, read by the grammar of the world. Asked where the true caption says it.",
    "Pictures": "Which of a few renders the told picture is nearest to: the true one, or one with one fact changed.",
}
BY_NAME = f"{CAPTION}.who"  # names are each story's own: no one answer can always be given


@dataclass(frozen=True)
class Cell:
    text: str
    percent: int  # of its row
    kind: str  # right, wrong, mixed; "" where it is empty


@dataclass(frozen=True)
class Line:
    """The windows in which one answer is true."""

    answer: str
    cells: tuple[Cell, ...]
    right: str  # 8 of 31


@dataclass(frozen=True)
class Square:
    """One teller's table."""

    teller: str
    sentence: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Question:
    id: str
    title: str
    right: str  # how often who is right
    squares: tuple[Square, ...]  # models first


@dataclass(frozen=True)
class Confused:
    """The questions of captions, or of pictures."""

    title: str
    note: str
    questions: tuple[Question, ...]


def confused(scores: Mapping[str, Any]) -> list[Confused]:
    """From `confusions` of a `scores.json`; empty where it has none, as of data that are not of the world."""
    kept = scores.get("confusions", {})
    names = dict.fromkeys(name for entries in kept.values() for name in entries)
    rooms = {"Captions": CAPTION, "Pictures": PICTURE}
    found = {title: [_question(name, kept) for name in names if name.startswith(room)] for title, room in rooms.items()}
    return [Confused(title, NOTES[title], tuple(questions)) for title, questions in found.items() if questions]


def _question(name: str, kept: Mapping[str, Any]) -> Question:
    entries = {teller: entries[name] for teller, entries in kept.items() if name in entries}
    answers = all_answers(name, entries.values())
    counts = {teller: counts_of(entry, answers) for teller, entry in entries.items()}
    often = next(iter(counts.values())).sum(1)
    own = listed(answers, often)
    squares = [_square(name, teller, answers, own, each) for teller, each in counts.items()]
    rights = [f"{teller_name(teller)} {share(each.trace(), each.sum())}" for teller, each in counts.items()]
    said = ", ".join([*rights, *_without_looking(name, answers, often)])
    return Question(name.replace(".", "-"), name.rsplit(".", 1)[-1].capitalize(), f"Right: {said}.", tuple(squares))


def _without_looking(name: str, answers: Sequence[str], often: Sequence[float]) -> list[str]:
    """How often who always gives the commonest answer is right, and who draws."""
    said = [] if name == BY_NAME else [_always(answers, np.asarray(often))]
    short = name.rsplit(".", 1)[-1]
    return said + ([f"chance 1 of {CHOICES[short]}"] if name.startswith(PICTURE) and short in CHOICES else [])


def _always(answers: Sequence[str], often: Counts) -> str:
    return f"always {quoted(answers[int(often.argmax())])} {share(float(often.max()), float(often.sum()))}"


def _square(name: str, teller: str, answers: Sequence[str], own: Sequence[str], counts: Counts) -> Square:
    rows, columns, shown = folded(counts, answers, own)
    right = {row: float(counts[place, place].sum()) for row, place in _places(rows, answers, own).items()}
    lines = [_line(row, columns, each, right[row]) for row, each in zip(rows, shown, strict=True)]
    said = f"{teller_name(teller).capitalize()} {greatest(name, answers, counts)}."
    return Square(teller_name(teller).capitalize(), said, tuple(columns), tuple(lines))


def _places(rows: Sequence[str], answers: Sequence[str], own: Sequence[str]) -> dict[str, list[int]]:
    """The places of the answers that a row holds."""
    rest = [place for place, answer in enumerate(answers) if answer not in (*own, *NEVER_TRUE)]
    return {row: rest if row == REST and row not in own else [answers.index(row)] for row in rows}


def _line(row: str, columns: Sequence[str], counts: Counts, right: float) -> Line:
    whole = float(counts.sum())
    cells = [_cell(row, column, float(count), whole) for column, count in zip(columns, counts, strict=True)]
    return Line(row, tuple(cells), f"{number(right)} of {number(whole)}")


def _cell(row: str, column: str, count: float, whole: float) -> Cell:
    kind = "" if not count and row != column else "wrong" if row != column else "mixed" if row == REST else "right"
    return Cell(number(count) if count else "", round(100 * count / whole), kind)
