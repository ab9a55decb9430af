"""What is asked about the few windows that are looked at closely, beside what a teller tells of all of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabula.evaluate.asking import Chunk
from fabula.evaluate.conditions import ask_changed
from fabula.evaluate.inquiry import CONTEXT, Inquiry
from fabula.metrics import Scores
from fabula.metrics import seen as seeing
from fabula.metrics.cloze import FIVE, candidates
from fabula.metrics.distances import distances
from fabula.metrics.facts import scenes_of
from fabula.metrics.told import Column, Told
from fabula.scorer.looking import look_at_told

CHANGED = frozenset(("pictures", "likelihood", "names", "questions", "cloze"))  # what is measured in changed contexts


def looked_at(inquiry: Inquiry, teller: Any, chunk: Chunk, told: Told, few: NDArray[np.bool_]) -> Told:
    """What was told of a chunk, with the few marked, and with the teller's nats for the captions of the story cloze."""
    told = replace(told, few=few)
    asked = "cloze" in inquiry.only and few.any() and told.likelihood is not None
    if not asked or not any(scenes_of(chunk.truths)):
        return told
    return replace(told, cloze=_cloze(teller, chunk, told))


def scored(inquiry: Inquiry, name: str, chunk: Chunk, told: Told) -> dict[str, Column]:
    """The columns that need the scorer: ranks of the true frame, and whether picture and caption agree."""
    if not inquiry.seen or inquiry.scorer is None:
        return {}
    given = (inquiry.targets, chunk.numbers, told.pictures, told.captions, told.asked)
    with inquiry.found.timed("scorer.told"):
        seen = look_at_told(inquiry.scorer, *given)
    if seen.pictures is not None:
        inquiry.found.clouds[name].append(seen.pictures[told.asked])
    return seeing.columns(seen, told.asked)


def ask_conditions(inquiry: Inquiry, name: str, chunk: Chunk, told: Told) -> None:
    """Ask a model again about the few windows of a chunk, with their contexts changed."""
    rows = np.flatnonzero(told.asked)
    if CONTEXT not in inquiry.only or not inquiry.data.context or not len(rows):
        return
    known = dict(zip(inquiry.few.numbers.tolist(), inquiry.strangers or (), strict=False))
    some = chunk.part(rows)
    others = [known[number] for number in some.numbers.tolist()] if known else None
    painted = None if told.pictures is None else told.pictures[rows]
    asked = CHANGED.intersection(inquiry.only)
    given = inquiry.tellers[name], some, painted, others, inquiry.data.picture_size
    with inquiry.found.timed("conditions"):
        inquiry.found.conditions[name] = ask_changed(*given, seed=inquiry.seed, new_scores=lambda: Scores(asked))


def _cloze(teller: Any, chunk: Chunk, told: Told) -> NDArray[np.float64]:
    """(N, 5) nats of the five captions of each window that is asked, 0 elsewhere; all scored in one go."""
    fives = [(row, five) for row, five in enumerate(candidates(told)) if five is not None]
    contexts = [chunk.contexts[row] for row, five in fives for _ in five.captions]
    found = np.zeros((len(told), FIVE))
    if not fives:
        return found
    nats = teller.log_loss(contexts, [caption for _, five in fives for caption in five.captions])
    found[[row for row, _ in fives]] = np.reshape(nats, (len(fives), FIVE))
    return found


def clouds(inquiry: Inquiry, name: str) -> dict[str, dict[str, Any]]:
    """How far all told pictures of a teller, taken together, lie from the true ones of the same windows."""
    told = inquiry.found.clouds.get(name)
    if not told or inquiry.targets.pictures is None:
        return {}
    with inquiry.found.timed("scorer.distances"):
        found = distances(np.concatenate(told), inquiry.targets.pictures.vectors[inquiry.few.numbers])
    return {measure: {**entry, "n": len(inquiry.few.numbers), "regime": "n.a."} for measure, entry in found.items()}
