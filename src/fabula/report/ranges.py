"""A measure as one line: floors, oracle, ceiling and model each at its place, the good end to the right. Inline SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from fabula.report.figures import column_decimals, shown
from fabula.report.tables import Tellers, best_floor, heading, ordered, teller_name, value_of
from fabula.verdict.entries import share

MARGIN = 4.0  # per cent of the width left free at either end
FRAME = Markup(
    '<svg class="range" role="img" aria-label="{}" height="34" width="100%">'
    '<line class="axis" x1="0" x2="100%" y1="17" y2="17"/>{}</svg>'
)


@dataclass(frozen=True)
class Range:
    """One line of the drawing, and in words the figures of the model and of the best floor, and how far it has gone."""

    label: str
    regime: str
    told: str
    floor: str
    way: str  # "61 % of the way to the ceiling", nothing where there is none
    svg: Markup


def ranges(tellers: Tellers, names: Sequence[str]) -> list[Range]:
    """One line for every measure that has a better end, a model and a floor."""
    models = [name for name in ordered(tellers) if tellers[name]["kind"] == "model"]
    told = [n for n in names if best_floor(tellers, n) and any(value_of(tellers[m], n) is not None for m in models)]
    return [_range(tellers, models, name) for name in told]


def _range(tellers: Tellers, models: Sequence[str], name: str) -> Range:
    values = {teller: value for teller in tellers if (value := value_of(tellers[teller], name)) is not None}
    places = column_decimals(values.values())
    floor = best_floor(tellers, name)
    assert floor is not None
    head = heading(name)
    told = ", ".join(_figure(model, values[model], places, len(models) > 1) for model in models if model in values)
    best = _figure(floor, values[floor], places, True)
    sentence = f"{head.label}, {head.better} is better. Model: {told}. Best floor: {best}."
    regime = tellers[floor]["metrics"][name].get("regime", "n.a.").replace("n.a.", "pictures")
    return Range(
        head.label,
        f"{regime}, {head.better} is better",
        told,
        best,
        _way(tellers, models, name),
        _svg(tellers, values, floor, name, sentence),
    )


def _way(tellers: Tellers, models: Sequence[str], name: str) -> str:
    """Of the first model."""
    way = tellers[models[0]]["metrics"].get(name, {}).get("way")
    if way is None:
        return ""
    return f"{share(way)} of the way from floor to ceiling" if way > 0 else "no way from the floor towards the ceiling"


def _figure(teller: str, value: float, places: int, named: bool) -> str:
    return f"{teller_name(teller)} {shown(value, places)}" if named else shown(value, places)


def _svg(tellers: Tellers, values: dict[str, float], floor: str, name: str, sentence: str) -> Markup:
    """Places in per cent, so that the line is as wide as the page and its letters stay as they are."""
    spots = _spots(values, name)
    drawn = [_interval(tellers, values, teller, name) for teller in values if tellers[teller]["kind"] == "model"]
    behind = [teller for teller in reversed(ordered(tellers)) if teller in spots]  # the model is drawn last, on top
    marks = [_mark(tellers[teller]["kind"], spots[teller], teller == floor, teller) for teller in behind]
    body = Markup("").join([*drawn, *marks])
    return FRAME.format(sentence, body)


def _spots(values: dict[str, float], name: str) -> dict[str, float]:
    """Each place in per cent, the worst at the left, the best at the right; perplexities by their logarithm."""
    if "perplexity" in name and min(values.values()) > 0:
        values = {teller: math.log(value) for teller, value in values.items()}
    low, width = min(values.values()), max(values.values()) - min(values.values()) or 1.0
    share = {teller: (value - low) / width for teller, value in values.items()}
    better = {t: 1 - s for t, s in share.items()} if heading(name).better == "lower" else share
    return {teller: MARGIN + (100 - 2 * MARGIN) * spot for teller, spot in better.items()}


def _interval(tellers: Tellers, values: dict[str, float], teller: str, name: str) -> Markup:
    """The 95 % interval of a model, cut at the ends of the line."""
    entry = tellers[teller]["metrics"][name]
    if entry.get("low") is None or entry.get("high") is None:
        return Markup("")
    low, high = min(values.values()), max(values.values())
    ends = {str(n): min(max(entry[side], low), high) for n, side in enumerate(("low", "high"))}
    spots = _spots({**values, **ends}, name)
    line = '<line class="interval" x1="{:.2f}%" x2="{:.2f}%" y1="17" y2="17"/>'
    return Markup(line).format(*sorted((spots["0"], spots["1"])))


def _mark(kind: str, spot: float, best: bool, teller: str) -> Markup:
    title = Markup("<title>{}</title>").format(teller_name(teller))
    if kind == "floor":
        high = 11 if best else 6
        line = '<line class="floor{}" x1="{:.2f}%" x2="{:.2f}%" y1="{}" y2="{}">{}</line>'
        return Markup(line).format(" best" if best else "", spot, spot, 17 - high, 17 + high, title)
    if kind == "ceiling":
        line = '<line class="ceiling" x1="{:.2f}%" x2="{:.2f}%" y1="4" y2="30">{}</line>'
        return Markup(line).format(spot, spot, title)
    return Markup('<circle class="{}" cx="{:.2f}%" cy="17" r="{}">{}</circle>').format(
        kind, spot, 7 if kind == "model" else 5, title
    )
