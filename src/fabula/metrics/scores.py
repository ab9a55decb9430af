"""The scores of one teller: chunks of told windows in, values with intervals and one row a window out."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabula.metrics import cloze, entities, questions, seen, tags
from fabula.metrics.bootstrap import interval
from fabula.metrics.catalogue import MEASURES, STATISTICS
from fabula.metrics.likelihood import BYTES, NATS, TOKENS, WORDS
from fabula.metrics.measure import WINDOWS
from fabula.metrics.paired import drawn, stated
from fabula.metrics.pictures import ENERGIES
from fabula.metrics.pools import new_pools
from fabula.metrics.told import Column, Told

# Columns worth a place in the table of windows by themselves.
KEPT = (
    *(NATS, TOKENS, WORDS, BYTES),
    *ENERGIES,
    *entities.COLUMNS,
    *tags.COLUMNS,
    *questions.COLUMNS,
    *cloze.COLUMNS,
    *seen.COLUMNS,
)

Drawn = NDArray[np.float64]  # (1 + R,): over all windows, then in each of R draws of stories


class Scores:
    """Adds up what the measures need. `costs` are the seconds that each part took.

    `only` names the statistics (keys of `STATISTICS`) that are taken, None all.
    """

    def __init__(self, only: Collection[str] | None = None):
        self.statistics = {name: take for name, take in STATISTICS.items() if only is None or name in only}
        self.columns: dict[str, list[Column]] = defaultdict(list)
        self.pools = new_pools()
        self.costs: dict[str, float] = defaultdict(float)

    def add(self, told: Told, beside: Mapping[str, Column] | None = None) -> dict[str, Column]:
        """Take one chunk; gives the scores of its windows: measure or column name -> (N,).

        `beside` are columns that do not follow from what was told alone; they take the place of those that do.
        """
        columns: dict[str, Column] = {WINDOWS: np.ones(len(told))}
        for part, statistics in self.statistics.items():
            started = time.perf_counter()
            columns |= statistics(told)
            self.costs[part] += time.perf_counter() - started
        started = time.perf_counter()
        for pool in self.pools:
            pool.add(told)
        self.costs["pools"] += time.perf_counter() - started
        columns |= beside or {}
        for name, column in columns.items():
            self.columns[name].append(column)
        return by_window(columns)

    def join(self, more: Scores) -> None:
        """Take what other scores, with the same measures, took of further windows."""
        for name, parts in more.columns.items():
            self.columns[name] += parts
        for pool, other in zip(self.pools, more.pools, strict=True):
            pool.join(other)
        for part, seconds in more.costs.items():
            self.costs[part] += seconds

    def part(self, rows: NDArray[np.int64]) -> Scores:
        """The scores of some of the windows taken, by their places; without what only all together have."""
        some = Scores()
        some.columns |= {name: [np.concatenate(parts)[rows]] for name, parts in self.columns.items()}
        return some

    def values(self, stories: Sequence[int] | NDArray[Any], *, seed: int = 0) -> dict[str, dict[str, Any]]:
        """Measure -> `value`, `n` windows, `regime`, and `low` and `high`: 95 % of a bootstrap over stories.

        `stories` (N,) names the story of every window taken, in their order. What cannot be told is left out; None
        stands for a value that is not a finite number.
        """
        found = {name: {"value": value} for pool in self.pools for name, value in pool.values().items()}
        found |= {name: _with_interval(draws) for name, draws in self.drawn(stories, seed=seed).items()}
        return {name: _entry(name, found[name], len(stories)) for name in MEASURES if name in found}

    def gains(
        self, other: Scores, stories: Sequence[int] | NDArray[Any], *, seed: int = 0, only: Iterable[str] = MEASURES
    ) -> dict[str, dict[str, float]]:
        """Measure -> by how much this teller is better than another on the same windows, with a paired 95 % interval.

        Both are seen in the same draws of stories; positive is better, whichever side the measure prefers. What one
        of them lacks, has no better side or gives no finite number is left out.
        """
        mine, theirs = (scorer.drawn(stories, seed=seed, only=only) for scorer in (self, other))
        return _finite({name: better(name, mine[name], theirs[name]) for name in _with_a_side(mine, theirs)})

    def way(
        self,
        floor: Scores,
        ceiling: Scores,
        stories: Sequence[int] | NDArray[Any],
        *,
        seed: int = 0,
        only: Iterable[str] = MEASURES,
    ) -> dict[str, dict[str, float]]:
        """Measure -> how much of the way from a floor to the ceiling this teller has gone, with a paired interval.

        0 is the floor, 1 the ceiling; below 0 it is worse than the floor. A measure in which the ceiling is not
        above the floor, interval and all, is left out: a share of next to nothing says nothing.
        """
        sides = [scorer.drawn(stories, seed=seed, only=only) for scorer in (self, floor, ceiling)]
        found = {}
        for name in _with_a_side(*sides):
            mine, low, high = (side[name] for side in sides)
            whole = better(name, high, low)
            if whole[0] > 0 and (len(whole) == 1 or interval(whole[1:])["low"] > 0):
                found[name] = better(name, mine, low) / np.where(whole > 0, whole, np.nan)
        return _finite(found)

    def drawn(
        self, stories: Sequence[int] | NDArray[Any], *, seed: int = 0, only: Iterable[str] = MEASURES
    ) -> dict[str, Drawn]:
        """Measure -> (1 + R,): its value over all windows, then in every draw of stories; no draws for one story."""
        columns = {name: np.concatenate(parts) for name, parts in self.columns.items()}
        known = set(only).intersection(_measured(columns))
        names = sorted({column for name in known for column in MEASURES[name].reads})
        sums = drawn(columns, names, np.asarray(stories), seed=seed)
        return {name: np.atleast_1d(MEASURES[name].value(sums)) for name in MEASURES if name in known}


def better(measure: str, mine: Drawn, theirs: Drawn) -> Drawn:
    """By how much one is better than the other, whichever side the measure prefers."""
    return (1.0 if MEASURES[measure].better == "higher" else -1.0) * (mine - theirs)


def by_window(columns: Mapping[str, Column]) -> dict[str, Column]:
    """The value of every measure for each window alone, and the counts worth keeping."""
    scores = {name: MEASURES[name].value(columns) for name in _measured(columns) if MEASURES[name].by_window}
    return scores | {name: columns[name] for name in KEPT if name in columns}


def _measured(columns: Mapping[str, Any]) -> list[str]:
    return [name for name, m in MEASURES.items() if m.reads and all(column in columns for column in m.reads)]


def _with_a_side(*sides: Mapping[str, Drawn]) -> list[str]:
    """The measures that all have and that prefer a side."""
    return [name for name in sides[0] if MEASURES[name].better and all(name in side for side in sides)]


def _finite(found: Mapping[str, Drawn]) -> dict[str, dict[str, float]]:
    return {name: entry for name, draws in found.items() if (entry := stated(draws))}


def _with_interval(draws: Drawn) -> dict[str, float]:
    return {"value": float(draws[0])} | (interval(draws[1:]) if len(draws) > 1 else {})


def _entry(name: str, numbers: Mapping[str, float], count: int) -> dict[str, Any]:
    finite = {key: number if math.isfinite(number) else None for key, number in numbers.items()}
    return {**finite, "n": count, "regime": MEASURES[name].regime}
