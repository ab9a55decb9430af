"""compare.json: several tellers against the first, over the windows that all of them have told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from importlib import metadata
from typing import Any

import numpy as np

from fabula.compare.differences import LEVEL, add_up, differences, values
from fabula.compare.protocol import of_two_scorers, otherwise, refusals, without_tokenizer
from fabula.compare.sides import Side
from fabula.compare.windows import Windows, common
from fabula.compare.words import verdict
from fabula.errors import FabulaError
from fabula.metrics import MEASURES

AS_SCORED = ("caption.words", "caption.bytes")  # how much of a caption was scored: equal where it was cut alike


def compare(sides: Sequence[Side]) -> dict[str, Any]:
    """All that the table and the page say; costs grow with windows, with stories times draws, and with sides.

    Errors: FabulaError where evaluations differ in data, split or protocol, or have told no frame in common.
    """
    first = sides[0]
    for side in sides[1:]:
        _check(first, side)
    windows = _shared(sides)
    foreign = [of_two_scorers(side.scores, first.scores) for side in sides]  # no value of theirs is shown either
    known = [
        [name for name in MEASURES if own.has(name) and name not in others]
        for own, others in zip(windows, foreign, strict=True)
    ]
    added = [add_up(side, names) for side, names in zip(windows, known, strict=True)]
    lost = [_lost(first, side, windows[0], own) for side, own in zip(sides[1:], windows[1:], strict=True)]
    both = [
        [name for name in names if name in known[0] and name not in without]
        for names, without in zip(known[1:], lost, strict=True)
    ]
    found = differences(added[0], added[1:], both)
    compared = {
        "fabula": metadata.version("fabula"),
        "data": first.scores["data"],
        "split": first.scores["split"],
        "windows": len(windows[0].targets),
        "stories": len(np.unique(windows[0].stories)),
        "first": first.name,
        "level": LEVEL,
        "tests": sum(each.p is not None for rows in found for each in rows.values()),
        "sides": {side.name: _about(side) for side in sides},
        "values": {side.name: values(sums, names) for side, sums, names in zip(sides, added, known, strict=True)},
        "differences": {
            side.name: {name: _known(asdict(each)) for name, each in rows.items()}
            for side, rows in zip(sides[1:], found, strict=True)
        },
        "left_out": {side.name: without for side, without in zip(sides[1:], lost, strict=True) if without},
        "otherwise": {side.name: keys for side in sides[1:] if (keys := otherwise(first.scores, side.scores))},
    }
    return {**compared, "verdict": verdict(compared)}


def _check(first: Side, side: Side) -> None:
    if why := refusals(side.scores, first.scores):
        raise FabulaError(
            f"{side.given} cannot be compared with {first.given}: {'; '.join(why)}. "
            "Evaluate both on the same data and split, prepared alike: fabula evaluate RUN [--data SOURCE --split NAME]"
        )


def _shared(sides: Sequence[Side]) -> list[Windows]:
    """The windows that all have told, in the same order."""
    targets = common([side.windows for side in sides])
    if not targets:
        raise FabulaError(f"{', '.join(side.given for side in sides)}: they have told no frame in common")
    windows = [side.windows.of(targets) for side in sides]
    for side, own in zip(sides, windows, strict=True):
        if own.truths != windows[0].truths:
            raise FabulaError(f"{side.given} cannot be compared with {sides[0].given}: the true captions are others")
    return windows


def _lost(first: Side, side: Side, theirs: Windows, mine: Windows) -> dict[str, str]:
    """Measures that one of two was scored in, and why they are not compared."""
    lost = dict(_missing(first, side, theirs, mine))
    forced = [name for name in MEASURES if MEASURES[name].regime == "teacher-forced"]
    if not _cut_alike(theirs, mine):
        lost |= dict.fromkeys(forced, "long captions were cut at other places, so that other text was scored")
    for name in without_tokenizer(first.scores, side.scores):
        lost.setdefault(name, "their tokenizers are not the same")
    for name, why in of_two_scorers(side.scores, first.scores).items():
        lost.setdefault(name, why)
    there = {name for name in lost if theirs.has(name) or mine.has(name) or _scored(first, name) or _scored(side, name)}
    return {name: lost[name] for name in MEASURES if name in there}


def _missing(first: Side, side: Side, theirs: Windows, mine: Windows) -> Iterator[tuple[str, str]]:
    for name in (name for name in MEASURES if MEASURES[name].reads):
        there = [own.has(name) for own in (theirs, mine)]
        if not any(there):
            yield name, "windows.parquet does not hold what they are made of"
        elif not all(there):
            yield name, f"{(side if there[0] else first).name} has no such scores"


def _cut_alike(theirs: Windows, mine: Windows) -> bool:
    both = [name for name in AS_SCORED if name in theirs.columns and name in mine.columns]
    return all(np.array_equal(theirs.columns[name], mine.columns[name]) for name in both)


def _scored(side: Side, measure: str) -> bool:
    return measure in side.scores["tellers"][side.teller].get("metrics", {})


def _about(side: Side) -> dict[str, Any]:
    return {
        "given": side.given,
        "teller": side.teller,
        "kind": side.kind,
        "windows": len(side.windows.targets),
        "protocol": side.scores["protocol"],
    }


def _known(difference: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in difference.items() if value is not None or name == "verdict"}
