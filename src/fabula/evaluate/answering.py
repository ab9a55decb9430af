"""The best possible answers to world questions: the likeliest by the laws, though no one frame may give them all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from fabula.evaluate.asking import Chunk
from fabula.metrics.questions import CAPTION, PICTURE, right, times
from fabula.metrics.told import Column
from fabula.story import Frame, Size
from fabula.world.questions.asking import CAPTION_QUESTIONS, PICTURE_QUESTIONS, answers
from fabula.world.questions.reading import told_of
from fabula.world.questions.seeing import renders
from fabula.world.scene import Scene, from_record

Odds = Mapping[str, Mapping[str, float]]  # question -> answer -> probability


def best_answers(teller: Any, chunk: Chunk, contexts: list[list[Frame]], size: Size) -> dict[str, Column]:
    """The columns of the world questions for a teller that gives the odds of every answer (`answers`)."""
    pairs = zip(contexts, chunk.truths, strict=True)
    found = [_of_window(teller, context, truth, size) for context, truth in pairs]
    names = [f"{room}.{q}" for room, of in ((CAPTION, CAPTION_QUESTIONS), (PICTURE, PICTURE_QUESTIONS)) for q in of]
    columns: dict[str, Column] = {}
    for name in names:
        points = [window.get(name) for window in found]
        columns[right(name)] = np.array([0.0 if point is None else point for point in points])
        columns[times(name)] = np.array([float(point is not None) for point in points])
    return columns


def _of_window(teller: Any, context: list[Frame], truth: Frame, size: Size) -> dict[str, float]:
    """Question -> 1 where the likeliest answer is true, else 0; only what is asked of this frame."""
    assert truth.scene is not None
    scene = from_record(truth.scene)
    said, seen = teller.answers(context, "caption"), teller.answers(context, "picture")
    return {
        **{f"{CAPTION}.{question}": point for question, point in _of_caption(scene, truth.caption, said).items()},
        **{f"{PICTURE}.{question}": point for question, point in _of_picture(truth, size, seen).items()},
    }


def _of_caption(scene: Scene, caption: str, odds: Odds) -> dict[str, float]:
    true, wanted = answers(scene, "caption"), told_of(scene, caption)
    return {q: float(_likeliest(odds[q], odds[q]) == true[q]) for q in CAPTION_QUESTIONS if wanted[q]}


def _of_picture(truth: Frame, size: Size, odds: Odds) -> dict[str, float]:
    """Chosen among the answers that told pictures are read among."""
    assert truth.scene is not None
    seen = renders(truth.scene, size)
    every = {question: seen.choices(question) for question in PICTURE_QUESTIONS}
    return {
        question: float(_likeliest(odds[question], among.answers) == among.answers[among.right])
        for question, among in every.items()
        if among
    }


def _likeliest(odds: Mapping[str, float], among: Any) -> str:
    return max(among, key=lambda answer: odds.get(answer, 0.0))
