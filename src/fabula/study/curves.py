"""Validation curves of all arms in one frame each: one colour an arm, a thin line a seed, a thick one their mean."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from markupsafe import Markup

from fabula.journal.log import read_log
from fabula.report.curves import FRAME, HEIGHT
from fabula.report.figures import decimals, shown
from fabula.study.tasks import Work

SHOWN = {"loss": "Validation loss", "perplexity": "Validation perplexity per token, logarithmic"}
Points = list[tuple[float, float]]  # (step, value)
Lines = Mapping[str, list[Points]]  # arm -> one line a seed


@dataclass(frozen=True)
class Frame:
    title: str
    svg: Markup


def frames(work: Work, data: str, values: Mapping[str, Any]) -> list[Frame]:
    """A frame for every measure of `SHOWN` that any arm was validated on."""
    logs = {
        name: [read_log(work.folder.run(data, name, int(seed)) / "log.jsonl") for seed in arm["seeds"]]
        for name, arm in values["arms"].items()
    }
    found = {measure: {arm: _lines(rows, measure) for arm, rows in logs.items()} for measure in SHOWN}
    return [_frame(measure, lines) for measure, lines in found.items() if any(lines.values())]


def _lines(logs: Sequence[Sequence[Mapping[str, Any]]], measure: str) -> list[Points]:
    lines = [[(float(row["step"]), row["measures"][measure]) for row in rows if _tells(row, measure)] for rows in logs]
    return [line for line in lines if line]


def _tells(row: Mapping[str, Any], measure: str) -> bool:
    return row["event"] == "validation" and math.isfinite(row["measures"].get(measure, math.nan))


def _frame(measure: str, lines: Lines) -> Frame:
    logarithmic = measure == "perplexity"
    scaled = _scaled(lines, math.log if logarithmic else float)
    every = [point for seeds in scaled.values() for seed in seeds for point in seed]
    bounds, steps = _bounds([value for _, value in every]), (min(every)[0], max(every)[0])
    drawn = [line for place, seeds in enumerate(scaled.values()) for line in _drawn(place, seeds, steps, bounds)]
    low, high = (math.exp(bound) if logarithmic else bound for bound in bounds)
    ends = ", ".join(f"{arm} ends at {_end(seeds)}" for arm, seeds in lines.items() if seeds)
    places = decimals([low, high])
    svg = FRAME.format(
        sentence=f"{SHOWN[measure]}: {ends}",
        lines=Markup("").join(drawn),
        high=shown(high, places),
        low=shown(low, places),
        first=shown(steps[0], 0),
        last=shown(steps[1], 0),
    )
    return Frame(SHOWN[measure], svg)


def _scaled(lines: Lines, scale: Callable[[float], float]) -> Lines:
    return {arm: [[(step, scale(value)) for step, value in seed] for seed in seeds] for arm, seeds in lines.items()}


def _end(seeds: Sequence[Points]) -> str:
    value = fmean(seed[-1][1] for seed in seeds)
    return shown(value, decimals([value]))


def _bounds(values: Sequence[float]) -> tuple[float, float]:
    """The lowest value, and one that nearly all stay below: a wild arm must not flatten the others."""
    ranked = sorted(values)
    low, high = ranked[0], ranked[min(len(ranked) - 1, math.ceil(0.95 * len(ranked)))]
    return (low, high) if high > low else (low - abs(low) / 2 - 1e-9, high + abs(high) / 2 + 1e-9)


def _drawn(
    place: int, seeds: Sequence[Points], steps: tuple[float, float], bounds: tuple[float, float]
) -> list[Markup]:
    thin = [_line(f"seed arm-{place}", seed, steps, bounds) for seed in seeds] if len(seeds) > 1 else []
    return [*thin, *([_line(f"mean arm-{place}", _mean(seeds), steps, bounds)] if seeds else [])]


def _mean(seeds: Sequence[Points]) -> Points:
    """Over the steps that every seed has come to."""
    by_step: dict[float, list[float]] = {}
    for step, value in (point for seed in seeds for point in seed):
        by_step.setdefault(step, []).append(value)
    return [(step, fmean(values)) for step, values in sorted(by_step.items()) if len(values) == len(seeds)]


def _line(kind: str, points: Points, steps: tuple[float, float], bounds: tuple[float, float]) -> Markup:
    places = " ".join(f"{x:.1f},{y:.1f}" for x, y in _placed(points, steps, bounds))
    return Markup('<polyline class="{}" points="{}"/>').format(kind, places)


def _placed(points: Points, steps: tuple[float, float], bounds: tuple[float, float]) -> Iterable[tuple[float, float]]:
    """In the drawing's units, from the top; what is too high stays at the edge."""
    width = steps[1] - steps[0] or 1.0
    for step, value in points:
        share = (value - bounds[0]) / (bounds[1] - bounds[0])
        yield HEIGHT * (step - steps[0]) / width, HEIGHT * (1 - min(1.0, share))
