"""What was told beside what is true, for some windows: what every measure reads. No torch in this room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fabula.metrics.truth import Truth

Pixels = NDArray[np.uint8]  # (N, H, W, 3), red green blue, 0 to 255
Column = NDArray[np.float64]  # (N,), one number a window


@dataclass(frozen=True)
class Likelihood:
    """Teacher-forced: how likely the true captions are, and how much text that is. All (N,)."""

    nats: Column  # total log-loss of all predicted tokens of a caption, its end token included
    tokens: Column  # how many tokens that are
    words: Column  # whitespace words of the caption as it is scored, truncated text left out
    bytes: Column  # UTF-8 bytes of the same text


@dataclass(frozen=True)
class Told:
    """N windows. None stands where the teller does not paint, does not write, or cannot say how likely a caption is."""

    true_pictures: Pixels
    true_captions: Sequence[str]
    pictures: Pixels | None = None
    captions: Sequence[str] | None = None
    likelihood: Likelihood | None = None
    truth: Truth | None = None  # the same true frames, where other tellers are held against them too
    cloze: NDArray[np.float64] | None = None  # (N, 5) nats of the five captions of each window's story cloze
    few: NDArray[np.bool_] | None = None  # (N,) the windows that costly measures look at; None: all

    @cached_property
    def known(self) -> Truth:
        return self.truth or Truth(self.true_pictures, self.true_captions)

    @property
    def asked(self) -> NDArray[np.bool_]:
        """(N,): those that costly measures look at. Elsewhere their columns are 0, and what they divide by too."""
        return np.ones(len(self), bool) if self.few is None else self.few

    def __len__(self) -> int:
        return len(self.true_captions)
