"""The scores of told boxes: by kind and over all, with intervals over stories, and pooled as a warning."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabula.errors import FabulaError, pick, unknown
from fabula.grounding.alignment import Names, given, matched
from fabula.grounding.claims import Claim, ToldStory
from fabula.grounding.coordinates import PIXELS, Reading, in_pixels, warnings
from fabula.grounding.matching import LEAST, hits, within
from fabula.grounding.ranking import average_precision
from fabula.grounding.truth import TrueStory
from fabula.markup import count_repairs
from fabula.markup.ids import KINDS, kind_of_id
from fabula.metrics.bootstrap import interval, totals

ALL = "all"
IDS = {"given": given, "match": matched}


@dataclass(frozen=True)
class Marked:
    """Every told box (N,): right or not, its story, kind and score; and how many true boxes of each kind."""

    right: NDArray[np.bool_]
    story: NDArray[np.int64]
    kind: NDArray[np.str_]
    score: NDArray[np.float64] | None
    true: Mapping[str, NDArray[np.int64]]  # kind -> (S,), of every story


def ground(
    told: Sequence[ToldStory], true: Mapping[str, TrueStory], *, ids: str = "given", boxes: Reading = PIXELS
) -> dict[str, Any]:
    """What `fabula ground` writes: counts, `scores` and `pooled` (kind -> numbers), `mean_average_precision`.

    A box is right where the same image of the same story has a true box of its id that it covers with an intersection
    over union of .5. `ids="match"` first gives the told ids of each story the true ids that make most boxes right.
    Images and stories of which nothing is told are missed, and boxes in images that are not there are wrong.
    `pooled` takes a story's pictures for one: never a score. `boxes` says in what boxes were told (coordinates.py), and
    `warnings` where they seem to be told otherwise. Errors: FabulaError for an unknown story.
    """
    name = pick(ids, IDS, "ids")
    for story in told:
        if story.id not in true:
            raise FabulaError(f"{story.where}: no such story in the split: {unknown_story(story.id, true)}")
    placed = in_pixels(told, true, boxes)
    clean = {story.id: _clipped(story.claims, true[story.id]) for story in placed}
    names = {story: IDS[name](claims, true[story]) for story, claims in clean.items()}
    scores, pooled = (_scores(_marked(clean, true, names, pool=pool)) for pool in (False, True))
    return {
        "iou": LEAST,
        "ids": name,
        "boxes": str(boxes),
        "warnings": warnings(told, true, boxes),
        "counts": _counts(told, true),
        "scores": scores,
        "mean_average_precision": _mean(scores),
        "pooled": {"scores": pooled, "mean_average_precision": _mean(pooled)},
        "repairs": dict(count_repairs(repair for story in told for repair in story.repairs)),
    }


def unknown_story(name: str, true: Mapping[str, TrueStory]) -> str:
    """`unknown '17'. Did you mean '71'? ...` with a few of the stories that there are."""
    said, colon, choices = unknown(name, true).partition(" Choose from: ")
    return f"{said}{colon}{', '.join(choices.split(', ')[:5])}{', ...' if len(true) > 5 else ''}"


def _clipped(claims: Sequence[Claim], true: TrueStory) -> list[Claim]:
    return [claim._replace(box=within(claim.box, true.sizes.get(claim.image))) for claim in claims]


def _marked(
    told: Mapping[str, Sequence[Claim]], true: Mapping[str, TrueStory], names: Mapping[str, Names], *, pool: bool
) -> Marked:
    marks = {story: _right(claims, true[story], names[story], pool=pool) for story, claims in told.items()}
    claims = [claim for story in told for claim in told[story]]
    place = {story: number for number, story in enumerate(true)}
    scored = bool(claims) and all(claim.score is not None for claim in claims)
    return Marked(
        np.array([mark for story in told for mark in marks[story]], bool),
        np.array([place[story] for story in told for _ in told[story]], np.int64),
        np.array([kind_of_id(claim.id) for claim in claims], np.str_),
        np.array([claim.score for claim in claims], np.float64) if scored else None,
        {kind: _true_of(true, kind) for kind in KINDS.values()},
    )


def _right(claims: Sequence[Claim], true: TrueStory, names: Names, *, pool: bool) -> list[bool]:
    boxes: dict[Hashable, list[Any]] = {}
    for (image, name), box in true.boxes.items():
        boxes.setdefault((not pool and image, name), []).append(box)
    return hits(claims, boxes, lambda claim: (not pool and claim.image, names[claim.id]))


def _true_of(true: Mapping[str, TrueStory], kind: str) -> NDArray[np.int64]:
    return np.array([sum(kind_of_id(name) == kind for _, name in story.boxes) for story in true.values()])


def _scores(marked: Marked) -> dict[str, dict[str, Any]]:
    """Of the kinds of which there is something, told or true, and of all together."""
    kinds = {kind: marked.kind == kind for kind in KINDS.values()}
    there = {kind: rows for kind, rows in kinds.items() if rows.any() or marked.true[kind].any()}
    everything = np.ones(len(marked.kind), bool)
    found = {kind: _numbers(marked, rows, marked.true[kind]) for kind, rows in there.items()}
    return found | {ALL: _numbers(marked, everything, np.sum(list(marked.true.values()), axis=0))}


def _numbers(marked: Marked, rows: NDArray[np.bool_], true: NDArray[np.int64]) -> dict[str, Any]:
    right, told = (np.bincount(marked.story[r], minlength=len(true)) for r in (rows & marked.right, rows))
    columns = np.stack([right, told, true], 1).astype(np.float64)  # (S, 3)
    drawn = totals(columns, np.arange(len(true)), seed=0)
    shares, ranges = _shares(columns.sum(0)), None if drawn is None else _shares(drawn.T)
    rank = None if marked.score is None else average_precision(marked.right[rows], marked.score[rows], int(true.sum()))
    return {
        **{name: _entry(shares[name], None if ranges is None else ranges[name]) for name in shares},
        "average_precision": _finite(rank),
        "right": int(right.sum()),
        "told": int(told.sum()),
        "true": int(true.sum()),
    }


def _shares(sums: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Precision, recall and F1 from right, told and true boxes, each of any equal shape."""
    right, told, true = sums
    with np.errstate(divide="ignore", invalid="ignore"):
        return {"precision": right / told, "recall": right / true, "f1": 2 * right / (told + true)}


def _entry(value: Any, draws: Any) -> dict[str, float | None]:
    found = {"value": float(value)} | ({} if draws is None else interval(draws))
    return {name: _finite(number) for name, number in found.items()}


def _finite(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None


def _mean(scores: Mapping[str, Mapping[str, Any]]) -> float | None:
    """Over the kinds that have true boxes; None where the boxes have no scores."""
    known = [numbers["average_precision"] for kind, numbers in scores.items() if kind != ALL and numbers["true"]]
    return None if None in known or not known else sum(known) / len(known)


def _counts(told: Sequence[ToldStory], true: Mapping[str, TrueStory]) -> dict[str, int]:
    """How much there is, and how much of it nothing was told of."""
    pictures = {(name, image) for name, story in true.items() for image, _ in story.boxes}
    seen = {(story.id, claim.image) for story in told for claim in story.claims}
    odd = [claim for story in told for claim in story.claims if claim.image not in true[story.id].sizes]
    return {
        "stories": len(true),
        "stories_missing": len(true.keys() - {story.id for story in told}),
        "images": len(pictures),
        "images_missing": len(pictures - seen),
        "boxes_in_no_image": len(odd),
    }
