"""The true side of some windows: what the measures must know of it is found once, however many tellers there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from fabula.metrics.documents import Documents, Weighed
from fabula.metrics.facts import Facts, facts_of
from fabula.metrics.pixels import Powers, gradient_energy, powers, unit
from fabula.metrics.ssim import Moments, moments
from fabula.story import Frame

TOGETHER = 4  # pictures that are compared at a time: what stays in the processor's cache is half as slow


@dataclass(frozen=True)
class Truth:
    """(N, H, W, 3) uint8 pictures and N captions. The rest is found when it is first asked for, and kept.

    `frames` are the true frames with all that the source says beside them (scenes, entities), and `contexts` the
    frames that were given. `documents` say how rare words are in the whole split: not in these captions alone, so that
    a window's score does not hang on its neighbours. Where nobody knows one of them, what needs it is not measured.
    """

    pictures: NDArray[np.uint8]
    captions: Sequence[str]
    frames: Sequence[Frame] = ()
    contexts: Sequence[Sequence[Frame]] = ()
    documents: Documents | None = None

    @cached_property
    def moments(self) -> list[Moments]:
        """Mean and variance around every pixel, `TOGETHER` pictures at a time."""
        return [moments(pictures) for pictures in self.units]

    @cached_property
    def units(self) -> list[NDArray[np.float32]]:
        """The pictures from 0 to 1, `TOGETHER` at a time."""
        starts = range(0, len(self.pictures), TOGETHER)
        return [unit(self.pictures[start : start + TOGETHER]) for start in starts]

    @cached_property
    def powers(self) -> Powers:
        """What their deviation from each other follows from."""
        return powers(self.pictures)

    @cached_property
    def energy(self) -> NDArray[np.float64]:
        """(N,): how much each picture changes from pixel to pixel."""
        return np.concatenate([gradient_energy(pictures) for pictures in self.units])

    @cached_property
    def facts(self) -> list[Facts | None]:
        """What is true of each frame of the world; None where a frame has no scene."""
        return facts_of(self.frames, self.captions, self.contexts)

    @cached_property
    def bleu(self) -> BLEU:
        """sacrebleu's counter with the n-grams of these captions in it."""
        return BLEU(force=True, references=[self.captions])

    @cached_property
    def chrf(self) -> CHRF:
        return CHRF(references=[self.captions])

    @cached_property
    def weighed(self) -> list[Weighed]:
        """These captions as vectors of n-grams by rarity, which must be known."""
        assert self.documents
        return [self.documents.weigh(caption) for caption in self.captions]
