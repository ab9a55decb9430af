"""One evaluation while it goes on: who is asked about which windows, what was scored so far, what it cost."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fabula.data.corpus import Split
from fabula.evaluate.asking import Chunk, kind_of, open_chunk
from fabula.evaluate.likeness import Likeness
from fabula.metrics import Scores
from fabula.recipe import Data
from fabula.story import Frame, Storyteller
from fabula.tokenizer import Tokenizer

CLOSELY = 256  # windows that are looked at closely, at even distances: where it is costly, or models are asked again


@dataclass
class Inquiry:
    """`ceilings` are storytellers that know the laws of the world: asked about the few windows alone."""

    tellers: Mapping[str, Storyteller]
    split: Split
    tokenizer: Tokenizer
    data: Data
    numbers: NDArray[np.int64]  # (N,) the windows that are scored
    seed: int = 0
    ceilings: Mapping[str, Storyteller] = field(default_factory=dict)
    scores: dict[str, Scores] = field(default_factory=lambda: defaultdict(Scores))
    truth: Scores = field(default_factory=Scores)
    likeness: Likeness = field(default_factory=Likeness)
    told: dict[str, list[Frame]] = field(default_factory=lambda: defaultdict(list))  # what models told of the few
    costs: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    @cached_property
    def few(self) -> Chunk:
        """The windows that are looked at closely."""
        return self.chunk(self.numbers[some_of(len(self.numbers), CLOSELY)])

    @cached_property
    def few_rows(self) -> NDArray[np.int64]:
        """Their places among all that are scored."""
        return some_of(len(self.numbers), CLOSELY)

    @cached_property
    def stories(self) -> NDArray[np.int64]:
        """(N,) the story of every window."""
        return np.array([self.split.windows[int(number)].story for number in self.numbers])

    @property
    def models(self) -> dict[str, Storyteller]:
        return {name: teller for name, teller in self.tellers.items() if kind_of(teller) == "model"}

    def chunk(self, numbers: NDArray[np.int64]) -> Chunk:
        return open_chunk(self.split, numbers, self.tokenizer, self.data)

    @contextmanager
    def timed(self, part: str) -> Iterator[None]:
        """What is done within is counted as the cost of this part."""
        started = time.perf_counter()
        yield
        self.costs[part] += time.perf_counter() - started


def some_of(count: int, wanted: int | None) -> NDArray[np.int64]:
    """`wanted` of `count` places at even distances; all where None or more are wanted."""
    if wanted is None or wanted >= count:
        return np.arange(count)
    return np.arange(wanted) * count // max(wanted, 1)
