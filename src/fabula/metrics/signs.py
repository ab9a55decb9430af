"""Does one side win more often than a fair coin would? And what is left of that when much is asked at once."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import comb


def sign_test(wins: int, losses: int) -> float:
    """The two-sided p of so many wins and losses, ties left out: exact, binomial with one half, in (0, 1].

    Twice the smaller tail, at most 1 (Dixon & Mood 1946). Nothing to count gives 1.
    """
    count = wins + losses
    tail = sum(comb(count, few) for few in range(min(wins, losses) + 1))
    return float(min(Fraction(1), Fraction(2 * tail, 2**count)))


def holm(chances: Sequence[float]) -> list[float]:
    """p values corrected for their number, each at least what it was and at most 1 (Holm 1979, step-down).

    Below .05 stand those that may be believed together: the chance that any of them is a fluke is below .05.
    """
    order = sorted(range(len(chances)), key=lambda place: chances[place])
    corrected, least = [1.0] * len(chances), 0.0
    for passed, place in enumerate(order):
        least = max(least, min(1.0, (len(chances) - passed) * chances[place]))
        corrected[place] = least
    return corrected
