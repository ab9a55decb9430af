"""The best that can be done: storytellers that know the laws of the world, and how far others go towards them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from fabula.data.corpus import Split
from fabula.evaluate.answering import best_answers
from fabula.evaluate.asking import Chunk, ask
from fabula.evaluate.closely import looked_at, scored
from fabula.evaluate.inquiry import Inquiry
from fabula.metrics import MEASURES
from fabula.metrics.told import Column, Told
from fabula.recipe import Data
from fabula.story import Frame
from fabula.verdict import best_floor
from fabula.world.oracle import Oracle

KIND = "ceiling"
LAWS, WHOLE_PAST, MEAN = "the_laws", "the_laws_and_the_past", "the_laws_mean_picture"
RENDERS = 32  # next frames that a ceiling's picture is made of


def ceilings_of(split: Split, data: Data) -> dict[str, Any]:
    """Who knows the laws behind a split: of the built-in world alone. All are asked about a few windows.

    `the_laws` knows what a model is given, and paints for the least absolute error; `the_laws_mean_picture` for the
    least squared error; `the_laws_and_the_past` knows all frames from the story's first one on.
    """
    if data.source != "world" or not data.context or data.equalise:
        return {}
    hard, size = split.name == "hard", data.picture_size
    laws = Oracle(hard=hard, size=size, renders=RENDERS)
    mean = laws.aiming("mse")
    mean.writes = False  # it would write what `the_laws` writes
    return {
        LAWS: laws,
        MEAN: mean,
        WHOLE_PAST: Oracle(hard=hard, size=size, renders=0),
    }


def ask_ceilings(inquiry: Inquiry, chunk: Chunk) -> None:
    """Ask every ceiling about those windows of a chunk that ceilings are asked about."""
    rows = np.flatnonzero(np.isin(chunk.numbers, inquiry.top_numbers))
    if not len(rows):
        return
    some, found = chunk.part(rows), inquiry.found
    with found.timed("ceilings"):
        for name, scores in found.ceilings.items():
            given = replace(some, contexts=_pasts(inquiry, some)) if name == WHOLE_PAST else some
            scores.add(*_asked(inquiry, name, given))


def _asked(inquiry: Inquiry, name: str, chunk: Chunk) -> tuple[Told, dict[str, Column]]:
    teller, size = inquiry.ceilings[name], inquiry.data.picture_size
    told, _ = ask(teller, chunk, inquiry.seed, size)
    told = looked_at(inquiry, teller, chunk, told, np.ones(len(told), bool))
    beside = scored(inquiry, name, chunk, told)
    if teller.writes:
        beside |= best_answers(teller, chunk, chunk.contexts, size)
    return told, beside


def _pasts(inquiry: Inquiry, chunk: Chunk) -> list[list[Frame]]:
    """All frames before each target, from the story's first one on."""
    split = inquiry.split
    windows = [split.windows[int(number)] for number in chunk.numbers]
    ends = [window.start + split.windows.context for window in windows]
    pairs = zip(windows, ends, strict=True)
    return [[split.store.frame(window.story, place) for place in range(end)] for window, end in pairs]


def add_ways(inquiry: Inquiry, tellers: dict[str, dict[str, Any]]) -> None:
    """Put `way`, `way_low` and `way_high` beside each value of a model that has a floor and a ceiling.

    The way is measured on these windows: from the floor that is best on all windows to the ceiling that is best
    among those that know no more than a model is given.
    """
    stories, found = inquiry.stories[inquiry.top_rows], inquiry.found
    known = {name: scores for name, scores in found.ceilings.items() if name != WHOLE_PAST}
    reached = {name: scores.values(stories) for name, scores in known.items()}
    for model in inquiry.models:
        mine = found.scores[model].part(inquiry.top_rows)
        for measure, entry in tellers[model]["metrics"].items():
            floor, ceiling = best_floor(tellers, measure), _best(reached, measure)
            if floor and ceiling:
                below = found.scores[floor].part(inquiry.top_rows)
                way = mine.way(below, known[ceiling], stories, only=[measure]).get(measure, {})
                entry |= {("way" if side == "value" else f"way_{side}"): number for side, number in way.items()}


def _best(reached: Mapping[str, Mapping[str, Any]], measure: str) -> str | None:
    """The ceiling that is best in a measure."""
    better = MEASURES[measure].better
    values = {name: found[measure]["value"] for name, found in reached.items() if measure in found}
    known = {name: value for name, value in values.items() if value is not None}
    if not known or better is None:
        return None
    return (min if better == "lower" else max)(known, key=lambda name: known[name])
