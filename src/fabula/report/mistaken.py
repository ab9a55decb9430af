"""Confusions in words: the greatest of a teller, and who is how often right."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from fabula.metrics.answers import PICTURE, SILENT, UNREAD
from fabula.metrics.cast import OTHER, SOME, STRANGER
from fabula.report.figures import shown
from fabula.world.places import PLACES

Counts = NDArray[np.float64]  # (A, A) rows true, columns told

LIGHTS = {"day": "by day", "dusk": "at dusk", "night": "at night"}
WEATHERS = {"clear": "in clear weather", "rain": "in rain", "snow": "in snow"}
SAID = {
    SOME: "names only one of two",
    OTHER: "names another of the cast",
    STRANGER: "names a stranger",
    SILENT: "says nothing of it",
    UNREAD: "cannot be read",
}
FRAMES: dict[str, Callable[[str], str]] = {  # the frames in which an answer is true
    "who": lambda answer: f"frames about {answer}",
    "where": lambda answer: f"frames {PLACES[answer].here}" if answer in PLACES else f"frames of “{answer}”",
    "doing": lambda answer: f"frames in which the event is “{answer}”",
    "holding": lambda answer: f"frames with {_a(answer)} in hand",
    "light": lambda answer: f"frames {LIGHTS.get(answer, answer)}",
    "weather": lambda answer: f"frames {WEATHERS.get(answer, answer)}",
    "shot": lambda answer: f"{answer} shots",
}
SHOWN: dict[str, Callable[[str], str]] = FRAMES | {
    "who": lambda answer: f"frames of {_a(answer)}",
    "doing": lambda answer: f"frames in which the pose is “{answer}”",
}


def greatest(question: str, answers: Sequence[str], counts: Counts) -> str:
    """`says “forest” for 8 of 31 frames on the beach; says nothing of it for 40 of 313`, from a teller's counts."""
    wrong = counts * (1 - np.eye(len(answers)))
    unsaid = [place for place, said in enumerate(answers) if said in (SILENT, UNREAD) and counts[:, place].any()]
    mute = [_times(SAID[answers[place]], counts[:, place].sum(), counts.sum()) for place in unsaid]
    wrong[:, unsaid] = 0
    if not wrong.any():
        return "; ".join(["never gives a wrong answer", *mute])
    true, told = divmod(_most(wrong, counts.sum(1)), len(answers))
    said = _times(_said(question, answers[told]), wrong[true, told], counts[true].sum())
    return "; ".join([f"{said} {_frames(question, answers[true])}", *mute])


def share(right: float, windows: float) -> str:
    """`161 of 313 (51 %)`."""
    return f"{number(right)} of {number(windows)} ({right / windows:.0%})".replace("%", " %") if windows else "0 of 0"


def number(count: float) -> str:
    """Whole where it is whole: ties count in parts."""
    return shown(count, 0 if count == round(count) else 1)


def quoted(answer: str) -> str:
    return f"“{answer}”"


def _most(wrong: Counts, rows: NDArray[np.float64]) -> int:
    """The greatest count; of equal ones the greatest share of its row."""
    return int((wrong + wrong / (2 * np.maximum(rows, 1)[:, None])).argmax())


def _times(said: str, count: float, whole: float) -> str:
    return f"{said} for {number(count)} of {number(whole)}"


def _said(question: str, answer: str) -> str:
    if answer in SAID:
        return SAID[answer]
    return f"{'paints' if question.startswith(PICTURE) else 'says'} {quoted(answer)}"


def _frames(question: str, answer: str) -> str:
    phrases = SHOWN if question.startswith(PICTURE) else FRAMES
    return phrases.get(question.rsplit(".", 1)[-1], lambda answer: f"frames of {quoted(answer)}")(answer)


def _a(thing: str) -> str:
    return thing if thing == "nothing" else f"an {thing}" if thing[:1] in "aeiou" else f"a {thing}"
