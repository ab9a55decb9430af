"""The scores as tables of a card: each measure of the model between the best floor and the best ceiling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fabula.evaluate.ceilings import WHOLE_PAST
from fabula.report.figures import ABSENT, column_decimals, shown
from fabula.report.tables import (
    REGIMES,
    Tellers,
    best_floor,
    group_title,
    grouped,
    heading,
    teller_name,
    value_of,
)
from fabula.verdict.entries import share
from fabula.verdict.standing import HEADLINES, WAYS

NAMED = (*HEADLINES, *WAYS.values())  # what a verdict speaks of; a report has all


@dataclass(frozen=True)
class Line:
    """One measure. A ceiling is asked about fewer windows, and the way is that of those windows alone."""

    name: str
    label: str
    better: str
    windows: str  # that the model was asked about
    model: str  # "0.1312 (0.1210 to 0.1440)", 95 %
    floor: str  # "0.1431, mean of inputs"
    ceiling: str
    way: str  # "23 % (10 % to 29 %)"


@dataclass(frozen=True)
class Table:
    title: str
    note: str
    lines: tuple[Line, ...]


def tables(scores: Mapping[str, Any], model: str) -> list[Table]:
    """One table a subject and regime, so that teacher-forced and free-running never share one."""
    tellers = scores["tellers"]
    metrics = tellers[model]["metrics"]
    names = [name for name in dict.fromkeys(NAMED) if metrics.get(name, {}).get("value") is not None]
    groups = grouped({name: metrics[name].get("regime", "n.a.") for name in names})
    return [
        Table(group_title(*group), REGIMES.get(group[1], ""), tuple(_line(tellers, model, name) for name in held))
        for group, held in groups.items()
    ]


def model_of(scores: Mapping[str, Any]) -> str | None:
    """The teller that was trained; None where only floors were scored."""
    return next((name for name, teller in scores.get("tellers", {}).items() if teller["kind"] == "model"), None)


def _line(tellers: Tellers, model: str, name: str) -> Line:
    floor, ceiling = best_floor(tellers, name), _ceiling(tellers, name)
    known = {teller: value_of(tellers[teller], name) for teller in (model, floor, ceiling) if teller}
    places = column_decimals(value for value in known.values() if value is not None)
    entry, head = tellers[model]["metrics"][name], heading(name)
    return Line(
        name,
        head.label,
        head.better or ABSENT,
        shown(entry.get("n"), 0),
        shown(entry["value"], places) + _between(entry, places),
        f"{shown(known[floor], places)}, {teller_name(floor)}" if floor else ABSENT,
        shown(known[ceiling], places) if ceiling else ABSENT,
        _way(entry),
    )


def _between(entry: Mapping[str, Any], places: int) -> str:
    low, high = entry.get("low"), entry.get("high")
    return "" if low is None or high is None else f" ({shown(low, places)} to {shown(high, places)})"


def _ceiling(tellers: Tellers, name: str) -> str | None:
    """The best of those who set a way: the laws with what a model is given, not the whole past."""
    values = {n: v for n, t in tellers.items() if t["kind"] == "ceiling" and (v := value_of(t, name)) is not None}
    values.pop(WHOLE_PAST, None)
    if not values or heading(name).better is None:
        return None
    return (min if heading(name).better == "lower" else max)(values, key=lambda teller: values[teller])


def _way(entry: Mapping[str, Any]) -> str:
    if entry.get("way") is None:
        return ABSENT
    between = f" ({share(entry['way_low'])} to {share(entry['way_high'])})" if entry.get("way_low") is not None else ""
    return f"{share(entry['way'])}{between}"
