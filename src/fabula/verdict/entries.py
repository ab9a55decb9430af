"""Reading single entries of `scores.json`: a value, a difference with its interval, and how both are said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

LEAST_NATS = 0.02  # a word: a context that is shown to be worth less, with all chance allowed for, is ignored
LEAST_ERROR = 0.001  # of a pixel, where 1 is from black to white: a quarter of one step of 255
Metrics = Mapping[str, Mapping[str, Any]]


def value(metrics: Metrics, name: str) -> float | None:
    """A measure's value; None where there is none."""
    return metrics.get(name, {}).get("value")


def nothing(entry: Mapping[str, Any]) -> bool:
    """Whether a change costs nothing: zero, or an interval that reaches down to zero."""
    if entry.get("low") is None:
        return entry["value"] == 0
    return entry["low"] <= 0


def highest(entry: Mapping[str, Any]) -> float:
    """The most that chance allows; the value where nothing was drawn."""
    return entry["value"] if entry.get("high") is None else entry["high"]


def worthless(entry: Mapping[str, Any], least: float) -> bool:
    """Whether a change is shown to cost next to nothing: all that chance allows is less than `least`.

    A cost that is above zero beyond doubt may be worthless still: more windows must not make it a use.
    """
    return highest(entry) < least


def signed(entry: Mapping[str, Any]) -> str:
    """`+0.21`."""
    return f"{entry['value']:+.3g}"


def between(entry: Mapping[str, Any]) -> str:
    """` (95 %: +0.15 to +0.27)`, nothing where nothing was drawn."""
    return f" (95 %: {entry['low']:+.3g} to {entry['high']:+.3g})" if entry.get("low") is not None else ""


def share(number: float) -> str:
    """`23 %`, a minus sign before what is below 0."""
    return f"{100 * number:.0f} %".replace("-", "\N{MINUS SIGN}")


def listed(parts: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))
