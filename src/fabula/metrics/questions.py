"""World questions: of the facts that a true caption tells and a true picture shows, how many the told ones have right.

Only where the true frames carry the story world's scenes. What is asked, and how it is read, is the world's to say:
`fabula.world.questions`. A caption that does not say is wrong; two answers that are as near share the point.
Beside the points stand the answers, true and told, so that what is taken for what is read with them and never again:
`fabula.metrics.confusions`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from fabula.metrics.answers import CAPTION, PICTURE, SILENT, UNREAD, number_of
from fabula.metrics.cast import part, told_part
from fabula.metrics.facts import Facts
from fabula.metrics.measure import Measure, ratio
from fabula.metrics.told import Column, Pixels, Told
from fabula.story import Size
from fabula.world.questions.asking import CAPTION_QUESTIONS, PICTURE_QUESTIONS
from fabula.world.questions.reading import heard
from fabula.world.questions.seeing import CHOICES, Choices, distances, renders


class Answered(NamedTuple):
    """One question of one window. `true` and `told` are numbers of answers; told is one that is not true, if any is."""

    right: float = 0.0  # how right, 0 to 1
    asked: float = 0.0  # 1 where it was asked
    true: int = 0
    told: int = 0


Found = Mapping[str, Answered]  # question -> what was answered, of those that were asked

_ABOUT = {
    "who": "who takes part, by name",
    "where": "the place",
    "doing": "the event",
    "holding": "what is in somebody's hand",
    "light": "the time of day",
    "weather": "the weather",
}
_SHOWN = _ABOUT | {"who": "the character in focus", "doing": "the pose of who acts", "shot": "wide, medium or close"}


def right(name: str) -> str:
    """The column of points of a question or a cloze."""
    return f"{name}.right"


def times(name: str) -> str:
    """The column of how often it was asked."""
    return f"{name}.asked"


def true_one(name: str) -> str:
    """The column of the numbers of true answers (`fabula.metrics.answers`), 0 where it was not asked."""
    return f"{name}.true"


def told_one(name: str) -> str:
    """The column of the numbers of told answers; where several are as near, the first of those that are not true."""
    return f"{name}.told"


def of_asked(name: str, means: str) -> Measure:
    """The share of right answers, 0 to 1, over the windows where the question was asked."""
    return Measure("free-running", "higher", means, (right(name), times(name)), ratio, by_window=False)


_TOLD = "Told captions that give the true answer about {}, of those whose true caption gives it."
_SEEN = "Told pictures nearest to the render with the true answer about {}; chance 1/{}."
MEASURES: dict[str, Measure] = {
    name: of_asked(name, means)
    for name, means in (
        *((f"{CAPTION}.{asked}", _TOLD.format(_ABOUT[asked])) for asked in CAPTION_QUESTIONS),
        *((f"{PICTURE}.{asked}", _SEEN.format(_SHOWN[asked], CHOICES[asked])) for asked in PICTURE_QUESTIONS),
    )
}
COLUMNS = tuple(column for name in MEASURES for column in (right(name), times(name)))


def statistics(told: Told) -> dict[str, Column]:
    """The columns of the measures above; none where the true frames have no scenes.

    Captions are read in all windows, pictures in those that costly measures look at: the renders of a frame are
    painted once for all tellers, some 80 ms on one core.
    """
    facts = told.known.facts
    if not any(facts):
        return {}
    found: dict[str, Column] = {}
    if told.captions is not None:
        of_captions = [_of_caption(of, said) if of else {} for of, said in zip(facts, told.captions, strict=True)]
        found |= _columns(CAPTION, CAPTION_QUESTIONS, of_captions)
    if told.pictures is not None:
        every = zip(facts, told.pictures, told.asked, strict=True)
        of_pictures = [_of_picture(of, picture) if of and asked else {} for of, picture, asked in every]
        found |= _columns(PICTURE, PICTURE_QUESTIONS, of_pictures)
    return found


def share_right(far: Column, true: int) -> float:
    """1 where the true one (of A distances) is alone the nearest, its share where others are as near, else 0."""
    nearest = far == far.min()
    return float(nearest[true] / max(nearest.sum(), 1))


def _of_caption(facts: Facts, caption: str) -> Found:
    said = heard(caption)
    return {question: _answered(facts, question, true, said) for question, true in facts.told.items()}


def _answered(facts: Facts, question: str, true: str, said: Mapping[str, frozenset[str]]) -> Answered:
    name, every = f"{CAPTION}.{question}", said[question]
    told = next(iter(every)) if len(every) == 1 else _unsaid(question, said)
    points = float(told == true)
    if question == "who":
        told = told if told in (SILENT, UNREAD) else told_part(told, true, facts.cast)
        true = part(true, facts.cast)
    return Answered(points, 1.0, number_of(name, true), number_of(name, told))


def _unsaid(question: str, said: Mapping[str, frozenset[str]]) -> str:
    """Why a caption has no answer. It always tells an event, so where none is known its words are not understood."""
    unread = not said["doing"] if question in ("doing", "holding") else said[question]
    return UNREAD if unread else SILENT


def _of_picture(facts: Facts, picture: Pixels) -> Found:
    seen = renders(facts.record, Size(*picture.shape[:2]))
    every = {question: seen.choices(question) for question in PICTURE_QUESTIONS}
    return {question: _nearest(f"{PICTURE}.{question}", picture, among) for question, among in every.items() if among}


def _nearest(name: str, picture: Pixels, among: Choices) -> Answered:
    far = distances(picture, among.pictures)
    points, others = share_right(far, among.right), np.where(np.arange(len(far)) == among.right, np.inf, far)
    true, other = (number_of(name, among.answers[place]) for place in (among.right, int(others.argmin())))
    return Answered(points, 1.0, true, true if points == 1 else other)


def _columns(room: str, questions: Sequence[str], found: Sequence[Found]) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    for name, question in ((f"{room}.{question}", question) for question in questions):
        answered = np.array([of.get(question, Answered()) for of in found], np.float64)  # (N, 4)
        columns |= dict(zip((right(name), times(name), true_one(name), told_one(name)), answered.T, strict=True))
    return columns
