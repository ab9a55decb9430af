"""Training curves from a run's log, train and validation in one frame each. Inline SVG as wide as its column."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from fabula.report.figures import decimals, shown

Points = list[tuple[float, float]]  # (step, value), in the order of steps
MOST_POINTS = 400  # of one line
SIDES = ("train", "validation")  # the events of a log that have curves
HEIGHT = 1000.0  # of the drawing's own units, also its width
NO_CURVES = {"step", "epoch", "seconds", "windows_per_second"}  # they only count
GROUPS = {"losses", "measures"}  # sections of a log row, left out of names


@dataclass(frozen=True)
class Curve:
    """One frame: its title, its lines by name, and the drawing."""

    title: str
    lines: Mapping[str, Points]
    floor: tuple[str, float] | None
    svg: Markup


@dataclass(frozen=True)
class Stage:
    """What was trained before: its name, and its curves."""

    name: str
    curves: Sequence[Curve]


def curves(log: Sequence[Mapping[str, Any]], floors: Mapping[str, tuple[str, float]]) -> list[Curve]:
    """A frame for every quantity of the log that changes; `floors` gives a line to those of the same name."""
    frames: dict[str, dict[str, Points]] = {}
    for row in log:
        for name, side, value in _numbers(row):
            frames.setdefault(name, {}).setdefault(side, []).append((float(row["step"]), value))
    kept = {name: {side: _smooth(p) for side, p in lines.items() if len(p) > 1} for name, lines in frames.items()}
    ordered = sorted((name for name in kept if kept[name]), key=_importance)
    return [_curve(name, kept[name], floors.get(name)) for name in ordered]


def _numbers(row: Mapping[str, Any]) -> Iterable[tuple[str, str, float]]:
    """Every finite number of a log row: its name, its side (train, validation), its value."""
    side = row.get("event")
    if side not in SIDES or not isinstance(row.get("step"), int | float):
        return
    for path, value in _flat(row):
        name = ".".join(part for part in path if part not in GROUPS)
        if name not in NO_CURVES and isinstance(value, int | float) and math.isfinite(value):
            yield name, side, float(value)


def _flat(value: Any, path: tuple[str, ...] = ()) -> Iterable[tuple[tuple[str, ...], Any]]:
    if not isinstance(value, dict):
        yield path, value
        return
    for name, held in value.items():
        yield from _flat(held, (*path, str(name)))


def _importance(name: str) -> tuple[int, str]:
    """The loss first, then perplexity and its parts, then rates and times."""
    first = ("loss", "perplexity", "similarity")
    rank = next((place for place, word in enumerate(first) if word in name), len(first))
    return (0 if name == "loss" else rank + 1, name)


def _smooth(points: Points) -> Points:
    """At most `MOST_POINTS` points: the mean of each stretch."""
    stretch = math.ceil(len(points) / MOST_POINTS)
    parts = [points[start : start + stretch] for start in range(0, len(points), stretch)]
    return [(part[-1][0], sum(value for _, value in part) / len(part)) for part in parts]


def _curve(name: str, lines: Mapping[str, Points], floor: tuple[str, float] | None) -> Curve:
    logarithmic = "perplexity" in name
    title = name.replace("_", " ").replace(".", ", ") + (", logarithmic" if logarithmic else "")
    return Curve(title, lines, floor, _svg(title, lines, floor, math.log if logarithmic else float))


def _svg(
    title: str, lines: Mapping[str, Points], floor: tuple[str, float] | None, scale: Callable[[float], float]
) -> Markup:
    steps = [step for points in lines.values() for step, _ in points]
    low, high = _bounds([value for points in lines.values() for _, value in points] + ([floor[1]] if floor else []))
    scaled = {side: [(step, scale(value)) for step, value in points] for side, points in lines.items()}
    bounds = (scale(low), scale(high))
    paths = [_path(side, points, (min(steps), max(steps)), bounds) for side, points in scaled.items()]
    dashed = [_floor_line(scale(floor[1]), bounds)] if floor else []
    ends = {side: shown(points[-1][1], decimals([points[-1][1]])) for side, points in lines.items()}
    sentence = f"{title}: " + ", ".join(f"{side} ends at {value}" for side, value in ends.items())
    return FRAME.format(
        sentence=sentence + (f"; {floor[0]} {shown(floor[1], decimals([floor[1]]))}" if floor else ""),
        lines=Markup("").join([*dashed, *paths]),
        high=shown(high, decimals([low, high])),
        low=shown(low, decimals([low, high])),
        first=shown(min(steps), 0),
        last=shown(max(steps), 0),
    )


FRAME = Markup(
    '<svg class="curve" role="img" aria-label="{sentence}" width="100%" height="190">'
    '<line class="axis" x1="0" x2="100%" y1="166" y2="166"/><line class="axis" x1="0" x2="100%" y1="12" y2="12"/>'
    '<svg x="0" y="12" width="100%" height="154" viewBox="0 0 1000 1000" preserveAspectRatio="none">{lines}</svg>'
    '<text x="0" y="9">{high}</text><text x="0" y="162">{low}</text>'
    '<text x="0" y="184">{first}</text><text x="100%" y="184" text-anchor="end">step {last}</text></svg>'
)


def _bounds(values: Sequence[float]) -> tuple[float, float]:
    """The lowest value, and one that nearly all stay below: a first wild step must not flatten the rest."""
    ranked = sorted(values)
    low, high = ranked[0], ranked[min(len(ranked) - 1, math.ceil(0.98 * len(ranked)))]
    return (low, high) if high > low else (low - abs(low) / 2, high + abs(high) / 2 or 1.0)


def _path(side: str, points: Points, steps: tuple[float, float], bounds: tuple[float, float]) -> Markup:
    width = steps[1] - steps[0] or 1.0
    places = (f"{HEIGHT * (step - steps[0]) / width:.1f},{_down(value, bounds):.1f}" for step, value in points)
    return Markup('<polyline class="{}" points="{}"/>').format(side, " ".join(places))


def _floor_line(value: float, bounds: tuple[float, float]) -> Markup:
    return Markup('<line class="floor" x1="0" x2="1000" y1="{0:.1f}" y2="{0:.1f}"/>').format(_down(value, bounds))


def _down(value: float, bounds: tuple[float, float]) -> float:
    """From the top, in the drawing's units; what is too high stays at the edge."""
    return HEIGHT * (1 - min(1.0, (value - bounds[0]) / (bounds[1] - bounds[0])))
