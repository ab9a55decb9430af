"""Whose confusions are kept: those of models, of copying, and in each world question of the best floor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fabula.evaluate.inquiry import Inquiry
from fabula.metrics.answers import ANSWERS
from fabula.metrics.confusions import confusions
from fabula.verdict import best_floor

COPIES = ("copy_last", "copy_last_caption")


def confused(inquiry: Inquiry, tellers: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Teller -> question -> `windows`, `answers`, `counts` (`fabula.metrics.confusions`); {} where nothing is asked.

    `tellers` hold the values of all measures, which say what floor is best.
    """
    best = {question: best_floor(tellers, question) for question in ANSWERS}
    first = [name for name in (*inquiry.models, *COPIES) if name in inquiry.tellers]
    kept = {name: _kept(name, inquiry, best) for name in dict.fromkeys((*first, *inquiry.tellers))}
    return {name: every for name, every in kept.items() if every}


def _kept(name: str, inquiry: Inquiry, best: Mapping[str, str | None]) -> dict[str, Any]:
    whole = name in inquiry.models or name in COPIES
    if not whole and name not in best.values():
        return {}
    found = confusions(inquiry.found.scores[name].columns)
    return {question: every for question, every in found.items() if whole or best[question] == name}
