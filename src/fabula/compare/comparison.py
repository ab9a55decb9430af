"""compare.json: several tellers against the first, over the windows that all of them have told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from importlib import metadata
from typing import Any

import numpy as np

from fabula.compare.differences import LEVEL, add_up, differences, values
from fabula.compare.protocol import otherwise, refusals, without_tokenizer
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
    lost = _lost(sides, windows)
    measures = [name for name in MEASURES if name not in lost and all(side.has(name) for side in windows)]
    added = [add_up(side, measures) for side in windows]
    found = differences(added[0], added[1:], measures)
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
        "values": {side.name: values(sums, measures) for side, sums in zip(sides, added, strict=True)},
        "differences": {
            side.name: {name: _known(asdict(each)) for name, each in rows.items()}
            for side, rows in zip(sides[1:], found, strict=True)
        },
        "left_out": lost,
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


def _lost(sides: Sequence[Side], windows: Sequence[Windows]) -> dict[str, str]:
    """Measures that some of them have, and why they are not compared."""
    lost = dict(_missing(sides, windows))
    if any(not _cut_alike(windows[0], other) for other in windows[1:]):
        forced = [name for name in MEASURES if MEASURES[name].regime == "teacher-forced" and name not in lost]
        lost |= dict.fromkeys(forced, "captions too long were cut at other places, so that not the same was scored")
    for side in sides[1:]:
        lost |= dict.fromkeys(without_tokenizer(sides[0].scores, side.scores), "their tokenizers are not the same")
    return {name: lost[name] for name in MEASURES if name in lost and any(_scored(side, name) for side in sides)}


def _missing(sides: Sequence[Side], windows: Sequence[Windows]) -> Iterator[tuple[str, str]]:
    for name in (name for name in MEASURES if MEASURES[name].reads):
        without = [side.name for side, own in zip(sides, windows, strict=True) if not own.has(name)]
        if len(without) == len(sides):
            yield name, "windows.parquet does not hold what it is made of"
        elif without:
            yield name, f"{' and '.join(without)} {'has' if len(without) == 1 else 'have'} no such score"


def _cut_alike(first: Windows, other: Windows) -> bool:
    both = [name for name in AS_SCORED if name in first.columns and name in other.columns]
    return all(np.array_equal(first.columns[name], other.columns[name]) for name in both)


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
