"""Tables of confusions that a page can hold: the commonest answers by name, the rest together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabula.metrics.answers import ANSWERS, NEVER_TRUE

MOST = 12  # answers with a row and a column of their own
REST = "other"
Counts = NDArray[np.float64]  # (A, A) rows true, columns told


def counts_of(entry: Mapping[str, Any], answers: Sequence[str]) -> Counts:
    """The counts of one teller's entry in `scores.json` over these answers, which hold all of its own."""
    counts, places = np.zeros((len(answers),) * 2), [answers.index(answer) for answer in entry["answers"]]
    counts[np.ix_(places, places)] = entry["counts"]
    return counts


def all_answers(question: str, entries: Iterable[Mapping[str, Any]]) -> list[str]:
    """Every answer that is true or that some teller told, in the world's order."""
    found = dict.fromkeys(answer for entry in entries for answer in entry["answers"])
    known = [answer for answer in ANSWERS.get(question, ()) if answer in found]
    return [*known, *(answer for answer in found if answer not in known)]


def listed(answers: Sequence[str], often: Sequence[float]) -> list[str]:
    """The answers that have a place of their own: all, or where they are too many those that are true most `often`."""
    places = [place for place, answer in enumerate(answers) if answer not in NEVER_TRUE]
    if len(places) > MOST:
        places = sorted(sorted(places, key=lambda place: -often[place])[: MOST - 1])
    return [answers[place] for place in places]


def folded(counts: Counts, answers: Sequence[str], own: Sequence[str]) -> tuple[list[str], list[str], Counts]:
    """Rows, columns and counts (R, C): the `own` answers, the rest together, and what is told and never true.

    A row that is never true is left out. Where the rest is told for the rest, right and wrong stand in one cell.
    """
    rest = [REST] if any(answer not in (*own, *NEVER_TRUE) for answer in answers) else []
    never = [answer for answer in answers if answer in NEVER_TRUE]
    columns = [*own, *rest, *never]
    places = [columns.index(answer if answer in columns else REST) for answer in answers]
    whole = np.zeros((len(columns),) * 2)
    np.add.at(whole, np.ix_(places, places), counts)
    there = np.flatnonzero(whole.sum(1))
    return [columns[place] for place in there], columns, whole[there]
