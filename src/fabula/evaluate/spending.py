"""What an evaluation cost, part by part: seconds of work, over all cores, and of waiting."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from fabula.evaluate.found import Found

WHOLE = "whole"  # from the first window to the last file; all else may be done side by side
SMALL = 0.005  # of all work: what is less is named together


def costs(found: Found, whole: float) -> dict[str, float]:
    """Seconds by part (telling by teller, measures by kind, ceilings, conditions, ...), and of the `whole`."""
    spent = dict(found.costs)
    for scores in (*found.scores.values(), found.truth):
        for part, seconds in scores.costs.items():
            spent[f"measure.{part}"] = spent.get(f"measure.{part}", 0.0) + seconds
    return {WHOLE: round(whole, 3), **{name: round(seconds, 3) for name, seconds in spent.items()}}


def spoken(spent: Mapping[str, float], windows: int) -> str:
    """`456 windows in 41 s; seconds of work: telling 22 (model 12, language model 5), measures 14, ceilings 9, ...`."""
    groups: dict[str, dict[str, float]] = defaultdict(dict)
    for name, seconds in spent.items():
        group, _, part = name.partition(".")
        groups[group][part] = seconds
    whole = sum(groups.pop(WHOLE, {"": 0.0}).values())
    work = sum(sum(parts.values()) for parts in groups.values())
    said = [_group(group, parts, work) for group, parts in sorted(groups.items(), key=_most)]
    return f"{windows:,} windows in {_seconds(whole)} s; seconds of work: {', '.join(filter(None, said))}"


def _group(name: str, parts: Mapping[str, float], work: float) -> str:
    """Empty where it is next to nothing."""
    total = sum(parts.values())
    shown = sorted((item for item in parts.items() if item[0] and item[1] >= 5 * SMALL * work), key=lambda i: -i[1])
    within = ", ".join(f"{part.replace('_', ' ')} {_seconds(seconds)}" for part, seconds in shown)
    label = {"tell": "telling", "measure": "measures"}.get(name, name)
    return f"{label} {_seconds(total)}{f' ({within})' if within else ''}" if total >= SMALL * work else ""


def _most(group: tuple[str, Mapping[str, float]]) -> float:
    return -sum(group[1].values())


def _seconds(seconds: float) -> str:
    return f"{seconds:.0f}" if seconds >= 10 else f"{seconds:.1f}"
