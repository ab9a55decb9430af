"""Windows: every run of K frames of a story with the frame that follows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np


class Window(NamedTuple):
    """Frames start .. start + K - 1 of a story are the context, frame start + K is the target; both count from 0."""

    story: int
    start: int


@dataclass(frozen=True)
class Windows(Sequence[Window]):
    """All windows of a split, in the order of its stories."""

    context: int  # K
    array: np.ndarray  # (W, 2) int64: story, start
    too_short: tuple[int, ...]  # stories of fewer than K + 1 frames

    def __len__(self) -> int:
        return len(self.array)

    def __getitem__(self, index):  # an int gives a Window; a slice, mask or array of indices gives Windows
        if isinstance(index, int | np.integer):
            return Window(*map(int, self.array[index]))
        return Windows(self.context, self.array[index], self.too_short)

    def __iter__(self) -> Iterator[Window]:
        return (Window(story, start) for story, start in self.array.tolist())


def windows(counts: Sequence[int] | np.ndarray, context: int) -> Windows:
    """All windows of `context` frames over stories of `counts` frames, sliding by one."""
    number = np.asarray(counts, np.int64) - context
    number = number.clip(min=0)
    story = np.repeat(np.arange(len(number)), number)
    start = np.arange(len(story)) - np.repeat(number.cumsum() - number, number)
    return Windows(context, np.stack([story, start], 1), tuple(np.flatnonzero(number == 0).tolist()))
