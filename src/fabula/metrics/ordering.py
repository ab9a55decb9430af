"""Does a measure put what is plainly better before what is plainly worse? Each is tried on truths made worse.

A measure that fails is no error of the program: it says what the measure cannot be trusted with.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np

from fabula.metrics.catalogue import MEASURES, STATISTICS
from fabula.metrics.degraded import (
    DROPPED,
    LAST,
    LAST_CAPTION,
    LETTERS,
    NEAREST,
    NOISE,
    SLIGHT,
    STRANGER,
    STRONG,
    TRUTH,
    WORDS,
    Others,
    degraded_captions,
    degraded_pictures,
)
from fabula.metrics.measure import WINDOWS
from fabula.metrics.told import Column, Told
from fabula.metrics.truth import Truth

CHAINS = (  # of every two, the first is better
    (TRUTH, SLIGHT, STRONG, NOISE),
    (TRUTH, NEAREST, LAST, STRANGER, NOISE),
    (SLIGHT, LAST),
    (NEAREST, STRONG),
    (TRUTH, DROPPED, LAST_CAPTION, STRANGER, LETTERS),
    (DROPPED, WORDS, LETTERS),
    (LAST_CAPTION, WORDS),
)
DEMANDS = tuple(dict.fromkeys(pair for chain in CHAINS for pair in combinations(chain, 2)))
BAG = "what counts words or names wherever they stand cannot hear a sentence"
TRAPS = {  # demands that a whole family of measures is known to fail, and why
    (NEAREST, STRONG): "what compares pixels in their places takes a blur of what is right for better than a real"
    " picture that is shifted or cut",
    (LAST_CAPTION, WORDS): BAG,
    (DROPPED, WORDS): BAG,
    (STRANGER, LETTERS): "single letters are common to all texts of a script, and count",
}

Statistics = Mapping[str, Callable[[Told], dict[str, Column]]]
COSTLY = ("questions", "cloze")  # they render or ask a teller, and are tried by tests of their own
QUICK: Statistics = {name: take for name, take in STATISTICS.items() if name not in COSTLY}


def ordering(
    truth: Truth, others: Others = None, *, seed: int = 0, statistics: Statistics = QUICK
) -> dict[str, dict[str, Any]]:
    """Measure -> `order` of the levels from best to worst, their `values`, and whether that is `right`.

    `wrong` has a sentence for every demand that is turned round, `why` the reason where it is a known one, `tied` one
    for every demand that the measure cannot decide (one that decides none is not right either), `silent` the levels on
    which it has no value. Tried are all measures with a better side, but for the teacher-forced ones and those
    that nothing can be asked of. `others` (N,) names for every window one of another story. Costs one scoring of N
    windows for each of some twelve levels.
    """
    empty = Told(truth.pictures, truth.captions, truth=truth)
    pictures = degraded_pictures(truth, others, np.random.default_rng([seed, 0]))
    captions = degraded_captions(truth, others, np.random.default_rng([seed, 1]))
    ladders = (
        {name: replace(empty, pictures=each) for name, each in pictures.items()},
        {name: replace(empty, captions=each) for name, each in captions.items()},
    )
    found: dict[str, dict[str, Any]] = {}
    for ladder in ladders:
        values = {level: _values(told, statistics) for level, told in ladder.items()}
        for name in dict.fromkeys(name for level in values.values() for name in level):
            found[name] = _judged(name, {level: values[level].get(name, math.nan) for level in values})
    return {name: found[name] for name in MEASURES if name in found and len(found[name]["order"]) > 1}


def sentences(found: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What a reader must know of each measure that does not order rightly, with the reason where it is known."""
    return [
        f"{name} does not order rightly: {sentence}"
        + (f" ({judged['why'][sentence]})" if sentence in judged["why"] else "")
        for name, judged in found.items()
        for sentence in judged["wrong"]
    ]


def _values(told: Told, statistics: Statistics) -> dict[str, float]:
    """Of every measure that can be tried on what was told."""
    columns: dict[str, Column] = {WINDOWS: np.ones(len(told))}
    for part in statistics.values():
        columns |= part(told)
    sums = {name: column.sum() for name, column in columns.items()}
    tried = {name: m for name, m in MEASURES.items() if m.better and m.reads and m.regime != "teacher-forced"}
    return {name: float(m.value(sums)) for name, m in tried.items() if all(read in sums for read in m.reads)}


def _judged(name: str, values: Mapping[str, float]) -> dict[str, Any]:
    sign = 1.0 if MEASURES[name].better == "higher" else -1.0
    goodness = {level: sign * value for level, value in values.items() if math.isfinite(value)}
    asked = [pair for pair in DEMANDS if goodness.keys() >= set(pair)]
    tied = [pair for pair in asked if math.isclose(goodness[pair[0]], goodness[pair[1]], rel_tol=1e-9, abs_tol=1e-12)]
    wrong = [pair for pair in asked if goodness[pair[0]] < goodness[pair[1]] and pair not in tied]
    return {
        "order": sorted(goodness, key=lambda level: -goodness[level]),
        "values": {level: values[level] for level in goodness},
        "right": not wrong and len(tied) < len(asked),
        "wrong": _said(wrong, "beats"),
        "why": {_sentence(pair, "beats"): TRAPS[pair] for pair in wrong if pair in TRAPS},
        "tied": _said(tied, "ties with"),
        "silent": [level for level in values if level not in goodness],
    }


def _said(pairs: Iterable[tuple[str, str]], verb: str) -> list[str]:
    return [_sentence(pair, verb) for pair in pairs]


def _sentence(pair: tuple[str, str], verb: str) -> str:
    """The worse one is named first: `strong blur beats nearest frame`."""
    return f"{pair[1]} {verb} {pair[0]}"
