"""World questions: of the facts that a true caption tells and a true picture shows, how many the told ones have right.

Only where the true frames carry the story world's scenes. What is asked, and how it is read, is the world's to say:
`fabula.world.questions`. A caption that does not say is wrong; two answers that are as near share the point.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields

import numpy as np

from fabula.metrics.measure import Measure, ratio
from fabula.metrics.told import Column, Told
from fabula.story import Frame, Size
from fabula.world.questions.asking import CAPTION_QUESTIONS, PICTURE_QUESTIONS, answers
from fabula.world.questions.reading import read_caption, told_of
from fabula.world.questions.seeing import CHOICES, distances, renders
from fabula.world.scene import Scene, from_record

CAPTION, PICTURE = "world.caption", "world.picture"
KEYS = frozenset(field.name for field in fields(Scene))
Found = Mapping[str, tuple[float, float]]  # question -> how right, and whether it was asked

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
    scenes = scenes_of(told.known.frames)
    if not any(scenes):
        return {}
    found: dict[str, Column] = {}
    if told.captions is not None:
        found |= _columns(CAPTION, CAPTION_QUESTIONS, [_of_caption(told, scenes, i) for i in range(len(told))])
    if told.pictures is not None:
        found |= _columns(PICTURE, PICTURE_QUESTIONS, [_of_picture(told, scenes, i) for i in range(len(told))])
    return found


def scenes_of(frames: Sequence[Frame]) -> list[Mapping[str, object] | None]:
    """The scene record of each frame; None where it has none that this world can read."""
    records = [frame.scene for frame in frames]
    return [record if record and record.keys() >= KEYS else None for record in records]


def share_right(far: Column, true: int) -> float:
    """1 where the true one (of A distances) is alone the nearest, its share where others are as near, else 0."""
    nearest = far == far.min()
    return float(nearest[true] / max(nearest.sum(), 1))


def _of_caption(told: Told, scenes: Sequence[Mapping[str, object] | None], i: int) -> Found:
    record = scenes[i]
    if record is None:
        return {}
    assert told.captions is not None
    scene, said = from_record(record), read_caption(told.captions[i])
    true, wanted = answers(scene, "caption"), told_of(scene, told.true_captions[i])
    return {question: (float(said[question] == true[question]), 1.0) for question in true if wanted[question]}


def _of_picture(told: Told, scenes: Sequence[Mapping[str, object] | None], i: int) -> Found:
    record = scenes[i]
    if record is None or not told.asked[i]:
        return {}
    assert told.pictures is not None
    picture = told.pictures[i]
    seen = renders(record, Size(*picture.shape[:2]))
    every = {question: seen.choices(question) for question in PICTURE_QUESTIONS}
    return {
        question: (share_right(distances(picture, of.pictures), of.right), 1.0) for question, of in every.items() if of
    }


def _columns(room: str, questions: Sequence[str], found: Sequence[Found]) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    for question in questions:
        pairs = np.array([of.get(question, (0.0, 0.0)) for of in found])  # (N, 2)
        columns |= {right(f"{room}.{question}"): pairs[:, 0], times(f"{room}.{question}"): pairs[:, 1]}
    return columns
