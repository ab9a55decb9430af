"""The scores of one teller: chunks of told windows in, values with intervals and one row a window out."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabula.metrics import entities, tags
from fabula.metrics.bootstrap import interval, totals
from fabula.metrics.catalogue import MEASURES, STATISTICS
from fabula.metrics.likelihood import BYTES, NATS, TOKENS, WORDS
from fabula.metrics.measure import WINDOWS
from fabula.metrics.pictures import ENERGIES
from fabula.metrics.pools import new_pools
from fabula.metrics.told import Column, Told

# Columns worth a place in the table of windows by themselves.
KEPT = (NATS, TOKENS, WORDS, BYTES, *ENERGIES, *entities.COLUMNS, *tags.COLUMNS)

Drawn = tuple[dict[str, Column], dict[str, Any] | None]  # columns over all windows, and their sums in every draw


class Scores:
    """Adds up what the measures need. `costs` are the seconds that each part took."""

    def __init__(self):
        self.columns: dict[str, list[Column]] = defaultdict(list)
        self.pools = new_pools()
        self.costs: dict[str, float] = defaultdict(float)

    def add(self, told: Told) -> dict[str, Column]:
        """Take one chunk; gives the scores of its windows: measure or column name -> (N,)."""
        columns: dict[str, Column] = {WINDOWS: np.ones(len(told))}
        for part, statistics in STATISTICS.items():
            started = time.perf_counter()
            columns |= statistics(told)
            self.costs[part] += time.perf_counter() - started
        started = time.perf_counter()
        for pool in self.pools:
            pool.add(told)
        self.costs["pools"] += time.perf_counter() - started
        for name, column in columns.items():
            self.columns[name].append(column)
        return by_window(columns)

    def values(self, stories: Sequence[int] | NDArray[Any], *, seed: int = 0) -> dict[str, dict[str, Any]]:
        """Measure -> `value`, `n` windows, `regime`, and `low` and `high`: 95 % of a bootstrap over stories.

        `stories` (N,) names the story of every window taken, in their order. What cannot be told is left out; None
        stands for a value that is not a finite number.
        """
        columns, draws = self._drawn(stories, seed)
        sums = {name: column.sum() for name, column in columns.items()}
        found = {name: {"value": value} for pool in self.pools for name, value in pool.values().items()}
        found |= {name: _with_interval(name, sums, draws) for name in _measured(columns)}
        return {name: _entry(name, found[name], len(stories)) for name in MEASURES if name in found}

    def gains(
        self, other: Scores, stories: Sequence[int] | NDArray[Any], *, seed: int = 0, only: Iterable[str] = MEASURES
    ) -> dict[str, dict[str, float]]:
        """Measure -> by how much this teller is better than another on the same windows, with a paired 95 % interval.

        Both are seen in the same draws of stories; positive is better, whichever side the measure prefers. What one
        of them lacks, has no better side or gives no finite number is left out.
        """
        sides = [scorer._drawn(stories, seed) for scorer in (self, other)]
        both = [name for name in only if all(name in _measured(columns) for columns, _ in sides)]
        found = {name: _gain(name, *sides) for name in both if MEASURES[name].better}
        return {name: gain for name, gain in found.items() if all(map(math.isfinite, gain.values()))}

    def _drawn(self, stories: Sequence[int] | NDArray[Any], seed: int) -> Drawn:
        """The columns over all windows, and their sums in every draw (None where there is but one story)."""
        columns = {name: np.concatenate(parts) for name, parts in self.columns.items()}
        drawn = totals(np.stack(list(columns.values()), 1), np.asarray(stories), seed=seed)  # (R, C), or None
        return columns, None if drawn is None else dict(zip(columns, drawn.T, strict=True))


def by_window(columns: Mapping[str, Column]) -> dict[str, Column]:
    """The value of every measure for each window alone, and the counts worth keeping."""
    scores = {name: MEASURES[name].value(columns) for name in _measured(columns) if MEASURES[name].by_window}
    return scores | {name: columns[name] for name in KEPT if name in columns}


def _measured(columns: Mapping[str, Any]) -> list[str]:
    return [name for name, m in MEASURES.items() if m.reads and all(column in columns for column in m.reads)]


def _with_interval(name: str, sums: Mapping[str, Any], draws: Mapping[str, Any] | None) -> dict[str, float]:
    value = {"value": float(MEASURES[name].value(sums))}
    return value if draws is None else value | interval(MEASURES[name].value(draws))


def _gain(name: str, mine: Drawn, theirs: Drawn) -> dict[str, float]:
    sign = 1.0 if MEASURES[name].better == "higher" else -1.0
    gains = sign * (_with_draws(name, *mine) - _with_draws(name, *theirs))  # of all windows, then of the draws
    return {"value": float(gains[0])} | (interval(gains[1:]) if len(gains) > 1 else {})


def _with_draws(name: str, columns: Mapping[str, Any], draws: Mapping[str, Any] | None) -> NDArray[np.float64]:
    """(1 + R,): the value of all windows, then of every draw."""
    value = MEASURES[name].value({column: values.sum() for column, values in columns.items()})
    return np.append(value, [] if draws is None else MEASURES[name].value(draws))


def _entry(name: str, numbers: Mapping[str, float], count: int) -> dict[str, Any]:
    finite = {key: number if math.isfinite(number) else None for key, number in numbers.items()}
    return {**finite, "n": count, "regime": MEASURES[name].regime}
