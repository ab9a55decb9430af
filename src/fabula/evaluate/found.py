"""What an evaluation found so far: scores that add up over windows, and what they cost."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from fabula.evaluate.likeness import Likeness
from fabula.metrics import Scores
from fabula.story import Frame

Cloud = NDArray[np.floating]  # (N, D)


class Found:
    """Of some windows; `join` puts those of others behind them."""

    def __init__(self, tellers: Iterable[str], ceilings: Iterable[str], new_scores: Callable[[], Scores]):
        self.scores = {name: new_scores() for name in tellers}
        self.ceilings = {name: new_scores() for name in ceilings}
        self.conditions: dict[str, dict[str, Scores]] = defaultdict(dict)  # model -> condition -> of the few
        self.truth, self.likeness = new_scores(), Likeness()
        self.told: dict[str, list[Frame]] = defaultdict(list)  # what models told of the few
        self.clouds: dict[str, list[Cloud]] = defaultdict(list)  # told pictures of the few, as the scorer sees them
        self.costs: dict[str, float] = defaultdict(float)  # seconds of work

    def join(self, more: Found) -> None:
        """Take what was found of further windows."""
        _join(self.scores, more.scores)
        _join(self.ceilings, more.ceilings)
        for model, conditions in more.conditions.items():
            _join(self.conditions[model], conditions)
        self.truth.join(more.truth)
        self.likeness.join(more.likeness)
        for model, frames in more.told.items():
            self.told[model] += frames
        for teller, parts in more.clouds.items():
            self.clouds[teller] += parts
        for part, seconds in more.costs.items():
            self.costs[part] += seconds

    @contextmanager
    def timed(self, part: str) -> Iterator[None]:
        """What is done within is counted as the cost of this part."""
        started = time.perf_counter()
        yield
        self.costs[part] += time.perf_counter() - started


def _join(mine: dict[str, Scores], more: Mapping[str, Scores]) -> None:
    for name, scores in more.items():
        if name in mine:
            mine[name].join(scores)
        else:
            mine[name] = scores
