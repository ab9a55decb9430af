"""Several next frames for one context: how good the best is, how they differ, whether the truth is among them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fabula.evaluate.asking import Chunk, pixels_of
from fabula.evaluate.inquiry import Inquiry, some_of
from fabula.metrics.bootstrap import ratio
from fabula.metrics.samples import (
    coverage,
    distinct,
    diversity,
    of_many,
    picture_diversity,
    picture_errors,
    reaches,
    similarities,
)
from fabula.scorer.looking import look_at_told
from fabula.story import Frame

WINDOWS, SAMPLES = 64, 4
Pixels = NDArray[np.uint8]


class Drawn(NamedTuple):
    """M samples for each of N windows."""

    chunk: Chunk
    told: list[list[Frame]]


def draw(inquiry: Inquiry, teller: Any) -> Drawn:
    """What a teller says, several times over, of some of the windows that are looked at closely."""
    few = inquiry.few.numbers
    chunk = inquiry.chunk(few[some_of(len(few), WINDOWS)])
    return Drawn(chunk, teller.samples(chunk.contexts, SAMPLES, seed=inquiry.seed))


def samples(inquiry: Inquiry, teller: Any, drawn: Drawn) -> dict[str, Any]:
    """`windows`, `samples`, and of pictures and captions each `{"value", "low", "high", "n"}`.

    picture.distinct, caption.distinct: how many of the M samples of a window differ, 1 to M.
    picture.mae.best, .mean, .spread: the least, mean and deviation of the errors of M samples of a window.
    picture.diversity: mean absolute difference between two samples. With a scorer also, of picture and caption,
    .similarity.best, .mean, .spread, .scorer_diversity, and .coverage: the share of windows in which a sample lies
    nearer to the truth than its fifth-nearest other true frame; .coverage_by_strangers is the same with another
    window's samples.
    """
    chunk, told = drawn
    found: dict[str, NDArray[np.float64]] = {}
    pictures = np.stack([pixels_of(each, inquiry.data.picture_size) for each in told]) if teller.paints else None
    if pictures is not None:
        errors = of_many(picture_errors(pictures, chunk.pictures), "lower")
        found |= {f"picture.mae.{name}": column for name, column in errors.items()}
        found["picture.distinct"] = distinct([[each.tobytes() for each in window] for window in pictures])
        found["picture.diversity"] = picture_diversity(pictures)
    captions = [frame.caption for each in told for frame in each] if teller.writes else None
    if captions is not None:
        found["caption.distinct"] = distinct([[frame.caption for frame in each] for each in told])
    if inquiry.scorer is not None:
        found |= _seen(inquiry, chunk, pictures, captions)
    means = {name: ratio(column, np.ones(len(column)), chunk.stories) for name, column in found.items()}
    return {"windows": len(chunk.numbers), "samples": SAMPLES, **means}


def _seen(inquiry: Inquiry, chunk: Chunk, pictures: Pixels | None, captions: list[str] | None) -> dict[str, Any]:
    """What the scorer sees of N x M samples."""
    count = len(chunk.numbers)
    flat = None if pictures is None else pictures.reshape(-1, *pictures.shape[2:])
    every = np.repeat(chunk.numbers, SAMPLES), flat, captions, np.ones(count * SAMPLES, bool)
    assert inquiry.scorer is not None
    seen = look_at_told(inquiry.scorer, inquiry.targets, *every)
    forms = (
        ("picture", seen.pictures, inquiry.targets.pictures),
        ("caption", seen.captions, inquiry.targets.captions),
    )
    found: dict[str, Any] = {}
    for form, vectors, targets in forms:
        if vectors is not None and targets is not None:
            all_true = targets.vectors
            parts = _of_form(vectors.reshape(count, SAMPLES, -1), all_true[chunk.numbers], all_true)
            found |= {f"{form}.{name}": column for name, column in parts.items()}
    return found


def _of_form(drawn: NDArray[Any], true: NDArray[Any], all_true: NDArray[Any]) -> dict[str, Any]:
    reach = reaches(true, all_true)
    found = {f"similarity.{name}": column for name, column in of_many(similarities(drawn, true), "higher").items()}
    found["scorer_diversity"] = diversity(drawn)
    if not np.isnan(reach).any():
        found["coverage"] = coverage(drawn, true, reach)
        found["coverage_by_strangers"] = coverage(np.roll(drawn, len(drawn) // 2, axis=0), true, reach)
    return found
