"""The best that can be done: storytellers that know the laws of the world, and how far others go towards them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fabula.evaluate.asking import ask
from fabula.evaluate.inquiry import Inquiry
from fabula.floors.progress import Progress
from fabula.metrics import MEASURES, Scores
from fabula.verdict import best_floor

KIND = "ceiling"


def ask_ceilings(inquiry: Inquiry, progress: Progress) -> dict[str, Scores]:
    """What every ceiling scores on the few windows."""
    scores = {name: Scores() for name in inquiry.ceilings}
    with progress("how well it could be told", len(scores)) as advance, inquiry.timed("ceilings"):
        for name, teller in inquiry.ceilings.items():
            told, _ = ask(teller, inquiry.few, inquiry.seed, inquiry.data.picture_size)
            scores[name].add(told)
            advance(1, name)
    return scores


def add_ways(inquiry: Inquiry, ceilings: Mapping[str, Scores], tellers: dict[str, dict[str, Any]]) -> None:
    """Put `way`, `way_low` and `way_high` beside each value of a model that has a floor and a ceiling.

    The way is measured on the few windows: from the floor that is best on all windows to the best ceiling.
    """
    stories = inquiry.few.stories
    reached = {name: scores.values(stories) for name, scores in ceilings.items()}
    for model in inquiry.models:
        mine = inquiry.scores[model].part(inquiry.few_rows)
        for measure, entry in tellers[model]["metrics"].items():
            floor, ceiling = best_floor(tellers, measure), _best(reached, measure)
            if floor and ceiling:
                below = inquiry.scores[floor].part(inquiry.few_rows)
                way = mine.way(below, ceilings[ceiling], stories, only=[measure]).get(measure, {})
                entry |= {("way" if side == "value" else f"way_{side}"): number for side, number in way.items()}


def _best(reached: Mapping[str, Mapping[str, Any]], measure: str) -> str | None:
    """The ceiling that is best in a measure."""
    better = MEASURES[measure].better
    known = {name: found[measure]["value"] for name, found in reached.items() if measure in found}
    known = {name: value for name, value in known.items() if value is not None}
    if not known or better is None:
        return None
    return (min if better == "lower" else max)(known, key=lambda name: known[name])
