"""Measures of all told windows together: what varies from input to input, and how much of it is distinct.

A collapse is seen here first: a loss cannot tell one picture for every input from a good picture for each.
"""

from __future__ import annotations

import hashlib
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from fabula.metrics.measure import Measure, Regime, Sums
from fabula.metrics.pixels import Powers, powers
from fabula.metrics.told import Pixels, Told
from fabula.metrics.words import ngrams


def _alone(value: Sums) -> Sums:
    return value


def _describes(regime: Regime, means: str) -> Measure:
    return Measure(regime, None, means, (), _alone, by_window=False)


MEASURES = {
    "picture.spread": _describes(
        "n.a.", "Standard deviation of a pixel across windows, mean over pixels: 0 is one picture for every input."
    ),
    "picture.spread_ratio": _describes("n.a.", "The same over that of the true pictures."),
    "picture.distinct": _describes("n.a.", "Number of distinct told pictures."),
    "caption.distinct_1": _describes("free-running", "Distinct words over all words told (Li et al. 2016)."),
    "caption.distinct_2": _describes("free-running", "Distinct word pairs over all word pairs told."),
    "caption.distinct": _describes("free-running", "Number of distinct told captions."),
}


class Pool(Protocol):
    """Sees every chunk of windows once, then gives values by name."""

    def add(self, told: Told) -> None: ...

    def join(self, more: Self) -> None:
        """Take what another pool of the same kind saw."""
        ...

    def values(self) -> dict[str, float]: ...


class Deviation:
    """Per-pixel standard deviation across pictures, exact: whole numbers are summed."""

    def __init__(self):
        self.count, self.sums, self.squares = 0, 0, 0

    def add(self, pictures: Pixels) -> None:
        """(N, H, W, 3)."""
        self.take(len(pictures), powers(pictures))

    def take(self, count: int, summed: Powers) -> None:
        """So many pictures whose powers are known."""
        self.count += count
        self.sums, self.squares = self.sums + summed[0], self.squares + summed[1]

    def join(self, more: Deviation) -> None:
        self.count += more.count
        self.sums, self.squares = self.sums + more.sums, self.squares + more.squares

    def deviation(self) -> NDArray[np.float64]:
        """(H, W, 3) in [0, 1]."""
        squares = np.asarray(self.squares * self.count - np.square(self.sums), dtype=np.float64)
        return np.sqrt(np.maximum(squares, 0)) / max(self.count, 1) / 255


class PictureSpread:
    """How much told pictures differ from input to input, beside how much the true ones do."""

    def __init__(self):
        self.told, self.true = Deviation(), Deviation()
        self.seen: set[bytes] = set()

    def add(self, told: Told) -> None:
        if told.pictures is not None:
            self.told.add(told.pictures)
            self.true.take(len(told), told.known.powers)
            self.seen.update(hashlib.blake2b(p.tobytes(), digest_size=16).digest() for p in told.pictures)

    def join(self, more: PictureSpread) -> None:
        self.told.join(more.told)
        self.true.join(more.true)
        self.seen |= more.seen

    def values(self) -> dict[str, float]:
        if not self.told.count:
            return {}
        spread, true = float(self.told.deviation().mean()), float(self.true.deviation().mean())
        return {
            "picture.spread": spread,
            "picture.spread_ratio": spread / true if true else float("nan"),
            "picture.distinct": float(len(self.seen)),
        }


class CaptionVariety:
    """Distinct captions, words and word pairs over all that was told."""

    def __init__(self):
        self.captions: set[str] = set()
        self.grams: dict[int, set[tuple[str, ...]]] = {1: set(), 2: set()}
        self.totals = {1: 0, 2: 0}

    def add(self, told: Told) -> None:
        self.captions.update(told.captions or ())
        for words in (caption.lower().split() for caption in told.captions or ()):
            for order, seen in self.grams.items():
                found = ngrams(words, order)
                seen.update(found)
                self.totals[order] += len(found)

    def join(self, more: CaptionVariety) -> None:
        self.captions |= more.captions
        for order, seen in more.grams.items():
            self.grams[order] |= seen
            self.totals[order] += more.totals[order]

    def values(self) -> dict[str, float]:
        if not self.captions:
            return {}
        shares = {f"caption.distinct_{n}": len(s) / max(self.totals[n], 1) for n, s in self.grams.items()}
        return {**shares, "caption.distinct": float(len(self.captions))}


def new_pools() -> list[Pool]:
    return [PictureSpread(), CaptionVariety()]
