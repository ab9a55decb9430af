"""Several next frames for one context: how good the best is, how they differ, whether the truth is among them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fabula.choosing import Scores, places
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
    rank_of_chosen,
    reaches,
    similarities,
)
from fabula.metrics.told import Column
from fabula.scorer.looking import look_at_told
from fabula.story import Frame

WINDOWS, SAMPLES = 64, 4
Pixels = NDArray[np.uint8]


class Drawn(NamedTuple):
    """M samples for each of N windows, and which of them each ranking puts first, (N,); "" is the teller's own."""

    chunk: Chunk
    told: list[list[Frame]]
    chosen: dict[str, NDArray[np.int64]]


def draw(inquiry: Inquiry, teller: Any) -> Drawn:
    """What a teller says, several times over, of some of the windows that are looked at closely."""
    few = inquiry.few.numbers
    chunk = inquiry.chunk(few[some_of(len(few), WINDOWS)])
    told = teller.samples(chunk.contexts, SAMPLES, seed=inquiry.seed)
    return Drawn(chunk, told, _chosen(teller.judged(chunk.contexts, told)) if hasattr(teller, "judged") else {})


def _chosen(judged: Mapping[str, Scores]) -> dict[str, NDArray[np.int64]]:
    rankings = {"": judged, **{name: {name: said} for name, said in judged.items()}}
    return {name: places(scores).argmin(1) for name, scores in rankings.items()}


def samples(inquiry: Inquiry, teller: Any, drawn: Drawn) -> dict[str, Any]:
    """`windows`, `samples`, and of pictures and captions each `{"value", "low", "high", "n"}`.

    picture.distinct, caption.distinct: how many of the M samples of a window differ, 1 to M.
    picture.mae.best, .mean, .spread: the least, mean and deviation of the errors of M samples of a window.
    picture.mae.chosen, .rank, .gain: of a teller that ranks its samples without the truth, the error of the first, its
    place among them by error, from 1 (dice give (M + 1) / 2), and by how much it is better than a sample drawn by dice:
    paired, as mean and chosen are seen in the same draws of stories. .gain.NAME is that of one judge of choosing.py.
    picture.diversity: mean absolute difference between two samples. With a scorer also, of picture and caption,
    .similarity with the same endings, .scorer_diversity, and .coverage: the share of windows in which a sample lies
    nearer to the truth than its fifth-nearest other true frame; .coverage_by_strangers is the same with another
    window's samples.
    """
    chunk, told, chosen = drawn
    found: dict[str, NDArray[np.float64]] = {}
    pictures = np.stack([pixels_of(each, inquiry.data.picture_size) for each in told]) if teller.paints else None
    if pictures is not None:
        errors = _of_many(picture_errors(pictures, chunk.pictures), chosen, "lower")
        found |= {f"picture.mae.{name}": column for name, column in errors.items()}
        found["picture.distinct"] = distinct([[each.tobytes() for each in window] for window in pictures])
        found["picture.diversity"] = picture_diversity(pictures)
    captions = [frame.caption for each in told for frame in each] if teller.writes else None
    if captions is not None:
        found["caption.distinct"] = distinct([[frame.caption for frame in each] for each in told])
    if inquiry.scorer is not None:
        found |= _seen(inquiry, drawn, pictures, captions)
    means = {name: ratio(column, np.ones(len(column)), chunk.stories) for name, column in found.items()}
    return {"windows": len(chunk.numbers), "samples": SAMPLES, **means}


def _seen(inquiry: Inquiry, drawn: Drawn, pictures: Pixels | None, captions: list[str] | None) -> dict[str, Any]:
    """What the scorer sees of N x M samples."""
    chunk, count = drawn.chunk, len(drawn.told)
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
            parts = _of_form(vectors.reshape(count, SAMPLES, -1), all_true[chunk.numbers], all_true, drawn.chosen)
            found |= {f"{form}.{name}": column for name, column in parts.items()}
    return found


def _of_form(
    drawn: NDArray[Any], true: NDArray[Any], all_true: NDArray[Any], chosen: Mapping[str, NDArray[np.int64]]
) -> dict[str, Any]:
    reach, alike = reaches(true, all_true), similarities(drawn, true)
    found = {f"similarity.{name}": column for name, column in _of_many(alike, chosen, "higher").items()}
    found["scorer_diversity"] = diversity(drawn)
    if not np.isnan(reach).any():
        found["coverage"] = coverage(drawn, true, reach)
        found["coverage_by_strangers"] = coverage(np.roll(drawn, len(drawn) // 2, axis=0), true, reach)
    return found


def _of_many(
    scores: NDArray[np.floating], chosen: Mapping[str, NDArray[np.int64]], better: Literal["lower", "higher"]
) -> dict[str, Column]:
    """The figures of M samples of N windows, (N,) each: of all of them, and of those that rankings put first."""
    found, rows = of_many(scores, better), np.arange(len(scores))
    for name, first in chosen.items():
        gain = (scores[rows, first] - found["mean"]) * (1 if better == "higher" else -1)
        found[f"gain.{name}" if name else "gain"] = gain
    if "" in chosen:
        found["chosen"] = scores[rows, chosen[""]].astype(np.float64)
        found["rank"] = rank_of_chosen(scores, chosen[""], better)
    return found
