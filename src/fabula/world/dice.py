"""Every choice of the world is drawn here, from a finite distribution of integer weights: so all odds are exact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")
Odds = Mapping[T, int]  # outcome -> weight; a probability is a weight over the sum of weights


class Dice:
    """Draws that follow from a key and a name alone: the same on every machine, in any order."""

    def __init__(self, *key: object) -> None:
        self.key = "/".join(str(part) for part in key)

    def number(self, name: str) -> int:
        """A uniform integer in [0, 2**64)."""
        return int.from_bytes(blake2b(f"{self.key}/{name}".encode(), digest_size=8).digest(), "big")

    def pick(self, name: str, odds: Odds[T]) -> T:
        """One outcome of `odds`; an outcome's place in the mapping is part of the law."""
        left = self.number(name) * sum(odds.values()) >> 64
        for outcome, weight in odds.items():
            left -= weight
            if left < 0:
                return outcome
        raise AssertionError(f"no odds for {name}")


def probability(outcome: T, odds: Odds[T]) -> float:
    """How likely `odds` make this outcome; 0 where they do not hold it."""
    return odds.get(outcome, 0) / sum(odds.values())


def even(outcomes: Iterable[T]) -> dict[T, int]:
    """Equal odds for all outcomes, in their order."""
    return dict.fromkeys(outcomes, 1)
