"""Numbers as people read them: a fitting number of decimals, the same for all numbers that are compared."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

ABSENT, MINUS = "\N{EN DASH}", "\N{MINUS SIGN}"


def decimals(values: Iterable[float]) -> int:
    """How many decimals suit the largest value: four below 1, two below 100; none where all are whole numbers."""
    known = [abs(value) for value in values if math.isfinite(value)]
    if not known or all(value == round(value) for value in known):
        return 0
    largest = max(known)
    return next((places for limit, places in ((1e-3, 7), (1e-2, 6), (1, 4), (100, 2), (1000, 1)) if largest < limit), 0)


def column_decimals(values: Iterable[float]) -> int:
    """The same for a column of a table, where small values beside a large one keep two decimals; four at most."""
    known = [abs(value) for value in values if math.isfinite(value) and value]
    return min(4, max(decimals(known), min(2, decimals([min(known, default=0)]))))


def shown(value: float | None, places: int) -> str:
    """`1,234.5`, with a true minus; a dash where there is no number."""
    if value is None or not math.isfinite(value):
        return ABSENT
    return f"{value:,.{places}f}".replace("-", MINUS)


def fine(value: float) -> int:
    """The decimals that show two figures of a small difference, six at most."""
    return min(6, 1 - math.floor(math.log10(abs(value)))) if 0 < abs(value) < 1 else 0


def signed(value: float, places: int) -> str:
    """`+0.12`, with a true minus where it is one."""
    return shown(value, places) if value < 0 else f"+{shown(value, places)}"


def plain(value: Any) -> str:
    """A fact of any kind in words: numbers with separators, lists with commas, yes and no."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:,.4g}" if isinstance(value, float) else shown(value, 0)
    if isinstance(value, list | tuple):
        return ", ".join(map(plain, value)) or ABSENT
    return ABSENT if value in (None, "") else str(value)


def seconds(value: float) -> str:
    """`45 s`, `3 min 20 s`, `2 h 5 min`."""
    whole = round(value)
    if whole < 60:
        return f"{value:.1f} s" if whole < 10 else f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
