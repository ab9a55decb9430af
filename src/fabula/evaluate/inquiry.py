"""One evaluation while it goes on: who is asked about which windows, what was scored so far, what it cost."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fabula.data.corpus import Split
from fabula.evaluate.asking import Chunk, kind_of, open_chunk
from fabula.evaluate.conditions import strangers
from fabula.evaluate.found import Found
from fabula.hands import cores
from fabula.metrics import STATISTICS, Scores
from fabula.metrics.seen import Targets
from fabula.recipe import Data
from fabula.scorer.looking import look_at_targets
from fabula.scorer.opening import Looks
from fabula.story import Frame, Storyteller
from fabula.tokenizer import Tokenizer

PROBES, CONTEXT, SAMPLES, VOICES, ROLLOUT = "probes", "context", "samples", "voices", "rollout"
CEILINGS, RETRIEVAL, ORDERING = "ceilings", "retrieval", "ordering"
AUDIT = "audit"  # of the data, by whoever asks for the evaluation
PARTS = (*STATISTICS, PROBES, CONTEXT, SAMPLES, VOICES, ROLLOUT, CEILINGS, RETRIEVAL, ORDERING, AUDIT)  # of --only
HIGHEST = 64  # windows that ceilings are asked about: they sum and paint all that may come
CLOSELY = 256  # windows that are looked at closely, at even distances: where it is costly, or models are asked again


@dataclass
class Inquiry:
    """`ceilings` are storytellers that know the laws of the world: asked about the few windows alone.

    `scorer` is who embeds what was told of these, and the targets of all windows.
    """

    tellers: Mapping[str, Storyteller]
    split: Split
    tokenizer: Tokenizer
    data: Data
    numbers: NDArray[np.int64]  # (N,) the windows that are scored
    seed: int = 0
    ceilings: Mapping[str, Storyteller] = field(default_factory=dict)
    scorer: Looks | None = None
    only: Collection[str] = PARTS  # what is measured
    closely: int = CLOSELY  # how many windows are looked at closely
    found: Found = field(init=False)

    def __post_init__(self) -> None:
        asked = self.ceilings if CEILINGS in self.only else {}
        self.found = Found(self.tellers, asked, self.new_scores)

    def afresh(self) -> Inquiry:
        """The same questions, with nothing found yet."""
        other = copy(self)
        other.__post_init__()
        return other

    def new_scores(self) -> Scores:
        """Empty scores that take what this inquiry measures."""
        return Scores(self.only)

    @cached_property
    def few(self) -> Chunk:
        """The windows that are looked at closely."""
        return self.chunk(self.numbers[some_of(len(self.numbers), self.closely)])

    @cached_property
    def strangers(self) -> list[list[Frame]] | None:
        """For each of these a context of another story; None where there is but one story."""
        rows = strangers(self.few.stories)
        return None if rows is None else [self.few.contexts[row] for row in rows]

    @cached_property
    def few_rows(self) -> NDArray[np.int64]:
        """Their places among all that are scored."""
        return some_of(len(self.numbers), self.closely)

    @cached_property
    def top_rows(self) -> NDArray[np.int64]:
        """The places of the windows that ceilings are asked about, which are some of the few."""
        return self.few_rows[some_of(len(self.few_rows), HIGHEST)]

    @property
    def top_numbers(self) -> NDArray[np.int64]:
        """These windows themselves."""
        return self.numbers[self.top_rows]

    @cached_property
    def targets(self) -> Targets:
        """The targets of all windows of the split, as the scorer sees them."""
        assert self.scorer is not None
        with self.found.timed("scorer.targets"):
            return look_at_targets(self.scorer, self.split.store, self.split.windows)

    @cached_property
    def stories(self) -> NDArray[np.int64]:
        """(N,) the story of every window."""
        return np.array([self.split.windows[int(number)].story for number in self.numbers])

    @property
    def models(self) -> dict[str, Storyteller]:
        return {name: teller for name, teller in self.tellers.items() if kind_of(teller) == "model"}

    def chunk(self, numbers: NDArray[np.int64]) -> Chunk:
        return open_chunk(self.split, numbers, self.tokenizer, self.data)

    @property
    def seen(self) -> bool:
        """Whether the scorer looks at what is told."""
        return self.scorer is not None and self.data.context > 0 and RETRIEVAL in self.only

    def prepare(self) -> None:
        """Find what all windows need, before they are shared out."""
        _ = self.few, self.top_rows, self.strangers, self.targets if self.seen else None

    @property
    def hands(self) -> int:
        """How many processes may ask at once: one a core, but one alone where a model lives on another device."""
        there = {str(getattr(teller, "device", "cpu")) for teller in self.tellers.values()}
        return cores() if there <= {"cpu"} else 1


def some_of(count: int, wanted: int | None) -> NDArray[np.int64]:
    """`wanted` of `count` places at even distances; all where None or more are wanted."""
    if wanted is None or wanted >= count:
        return np.arange(count)
    return np.arange(wanted) * count // max(wanted, 1)
