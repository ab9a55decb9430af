"""What every changed context costs, drawn: a panel a measure, a line a condition, zero marked. Inline SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from fabula.report.figures import MINUS, signed
from fabula.report.probes import CONDITIONS
from fabula.report.tables import heading, readable, teller_name
from fabula.verdict.entries import Metrics, nothing
from fabula.verdict.uses import uses

WIDE = {"caption.log_loss_word": "added", "picture.mae": "added"}  # what a cost in this measure is
SHARES = ("world.caption.", "world.picture.", "cloze.")  # shares of right answers: all on one axis
ROW, FOOT, MARGIN = 36, 22, 5.0  # pixels of a condition and of the axis, per cent of the width left free at either end
LEAST = 0.2  # of the axis: a shorter side has no number
PLACES = 3  # decimals of a cost
PANEL = Markup('<svg class="costs" role="img" aria-label="{}" height="{}" width="100%">{}</svg>')

Costs = Mapping[str, Mapping[str, Any]]  # condition -> what it costs: value, low, high
Axis = tuple[float, float]  # the values at its two ends


@dataclass(frozen=True)
class Panel:
    """One measure: what each condition costs in it."""

    label: str
    unit: str
    svg: Markup


@dataclass(frozen=True)
class Sensitivity:
    """Of one model: what it uses, in sentences, and drawn; `answers` are the panels of world questions and cloze."""

    model: str  # empty where there is but one
    said: tuple[str, ...]
    panels: tuple[Panel, ...]
    answers: tuple[Panel, ...]


def sensitivities(scores: Mapping[str, Any]) -> list[Sensitivity]:
    """One for every model whose context was changed; empty where none was."""
    asked = {name: each["conditions"] for name, each in scores.get("probes", {}).items() if each.get("conditions")}
    return [_sensitivity(scores, name, found, alone=len(asked) == 1) for name, found in asked.items()]


def _sensitivity(
    scores: Mapping[str, Any], model: str, conditions: Mapping[str, Metrics], *, alone: bool
) -> Sensitivity:
    names = list(dict.fromkeys(name for costs in conditions.values() for name in costs))
    shares = [name for name in names if name.startswith(SHARES)]
    common = _axis([cost for name in shares for cost in _costs(conditions, name).values()]) if shares else (0.0, 1.0)
    wide = [(name, unit, _costs(conditions, name)) for name, unit in WIDE.items() if name in names]
    return Sensitivity(
        "" if alone else teller_name(model).capitalize(),
        tuple(readable(sentence, scores.get("tellers", {})) for sentence in uses(scores, model)),
        tuple(_panel(name, unit, costs, _axis(list(costs.values()))) for name, unit, costs in wide),
        tuple(_panel(name, "lost", _costs(conditions, name), common) for name in shares),
    )


def _costs(conditions: Mapping[str, Metrics], name: str) -> Costs:
    return {condition: costs[name] for condition, costs in conditions.items() if name in costs}


def _axis(costs: Sequence[Mapping[str, Any]]) -> Axis:
    """From the least to the largest that is drawn, zero always among them."""
    ends = [end for cost in costs for end in (cost["value"], cost.get("low"), cost.get("high")) if end is not None]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    return (low, high) if high > low else (-1.0, 1.0)


def _panel(name: str, unit: str, costs: Costs, axis: Axis) -> Panel:
    label = heading(name).label
    drawn = [_row(number, condition, cost, axis) for number, (condition, cost) in enumerate(costs.items())]
    foot = ROW * len(costs)
    said = "; ".join(f"{_name(condition)} {_figure(cost)}" for condition, cost in costs.items())
    body = Markup("").join([_scale(axis, foot), *drawn])
    return Panel(label, unit, PANEL.format(f"{label}, {unit}: {said}.", foot + FOOT, body))


def _name(condition: str) -> str:
    return CONDITIONS.get(condition, condition.replace("_", " "))


def _figure(cost: Mapping[str, Any]) -> str:
    return signed(cost["value"], PLACES) if round(cost["value"], PLACES) else "0"


def _across(value: float, axis: Axis) -> float:
    """The place of a value in per cent of the width."""
    return MARGIN + (100 - 2 * MARGIN) * (value - axis[0]) / (axis[1] - axis[0])


def _scale(axis: Axis, foot: int) -> Markup:
    """The axis below all rows, the zero through all of them, and a round value on each side that is long enough."""
    line = '<line class="{0}" x1="{1:.2f}%" x2="{1:.2f}%" y1="{2}" y2="{3}"/><text x="{1:.2f}%" y="{4}" '
    line += 'text-anchor="middle">{5}</text>'
    sides = [end for end in axis if abs(end) >= LEAST * (axis[1] - axis[0])]
    marks = [("axis", mark, foot, foot + 4) for mark in map(_round_mark, sides)]
    drawn = [
        Markup(line).format(kind, _across(place, axis), top, end, foot + 16, f"{place:+g}".replace("-", MINUS))
        for kind, place, top, end in marks
    ]
    zero = Markup(line).format("zero", _across(0, axis), 0, foot, foot + 16, "0")
    ground = Markup('<line class="axis" x1="0" x2="100%" y1="{0}" y2="{0}"/>').format(foot)
    return Markup("").join([ground, zero, *drawn])


def _round_mark(end: float) -> float:
    """The largest of 1, 2, 5 times a power of ten between zero and the end of a side."""
    power = 10.0 ** math.floor(math.log10(abs(end)))
    return math.copysign(max(n * power for n in (1, 2, 5) if n * power <= abs(end) * (1 + 1e-9)), end)


def _row(number: int, condition: str, cost: Mapping[str, Any], axis: Axis) -> Markup:
    """Its name and figure above; beneath, the interval and the value, hollow where no cost can be shown."""
    top, said = ROW * number, '<text class="said" x="{}" y="{}" text-anchor="{}">{}</text>'
    name = Markup(said).format("0", top + 13, "start", _name(condition))
    figure = Markup(said).format("100%", top + 13, "end", _figure(cost))
    mark = '<circle class="{}" cx="{:.2f}%" cy="{}" r="5"/>'
    kind = "unshown" if nothing(cost) else "shown"
    value = Markup(mark).format(kind, _across(cost["value"], axis), top + 25)
    return name + figure + _interval(cost, axis, top + 25) + value


def _interval(cost: Mapping[str, Any], axis: Axis, down: int) -> Markup:
    if cost.get("low") is None or cost.get("high") is None:
        return Markup("")
    line = '<line class="interval" x1="{0:.2f}%" x2="{1:.2f}%" y1="{2}" y2="{2}"/>'
    return Markup(line).format(_across(cost["low"], axis), _across(cost["high"], axis), down)
