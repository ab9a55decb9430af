"""Confusions of a model and two floors, drawn by dice, as an evaluation keeps them."""

from pathlib import Path

import numpy as np
from finished_run import edit_scores, make_run

from fabula.metrics.answers import ANSWERS, NEVER_TRUE

WINDOWS = 200


def entry(question: str, seed: int, right: float) -> dict:
    """The same windows for every seed; of them so large a share `right`."""
    answers = ANSWERS[question]
    true = [answer for answer in answers if answer not in NEVER_TRUE]
    rows = np.random.default_rng(0).integers(len(true), size=WINDOWS)
    dice = np.random.default_rng(seed + 1)
    told = np.where(dice.random(WINDOWS) < right, rows, dice.integers(len(answers), size=WINDOWS))
    counts = np.zeros((len(answers),) * 2, int)
    np.add.at(counts, (rows, told), 1)
    return {"windows": WINDOWS, "answers": list(answers), "counts": counts.tolist()}


def confusions() -> dict:
    tellers = {"model": 0.6, "copy_last": 0.4, "ngram": 0.2}
    return {
        name: {question: entry(question, seed, right) for question in ANSWERS}
        for seed, (name, right) in enumerate(tellers.items())
    }


def make_confused(folder: Path) -> Path:
    """A finished run whose evaluation was of the world."""
    edit_scores(make_run(folder), lambda scores: scores.update(confusions=confusions()))
    return folder
