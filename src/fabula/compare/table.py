"""A comparison as tables, one a subject and regime, a row a measure, a column a run: for the terminal and the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fabula.metrics import MEASURES
from fabula.metrics.paired import Verdict
from fabula.report.figures import ABSENT, column_decimals, fine, shown, signed
from fabula.report.tables import REGIMES, Heading, group_title, grouped, heading


@dataclass(frozen=True)
class Cell:
    """`0.121`, `-0.004`, `-0.006 to -0.002`, `14 : 2`, `p 0.03`, better; empty where there is nothing to say."""

    value: str = ABSENT
    difference: str = ""
    interval: str = ""
    stories: str = ""  # in which it is better : worse
    p: str = ""
    verdict: Verdict | None = None


@dataclass(frozen=True)
class Row:
    measure: Heading
    cells: tuple[Cell, ...]  # one a run


@dataclass(frozen=True)
class Table:
    id: str
    title: str
    note: str
    rows: tuple[Row, ...]


def tables(compared: Mapping[str, Any]) -> list[Table]:
    """Empty ones are left out."""
    measures = [name for name in MEASURES if any(name in row for row in compared["values"].values())]
    groups = grouped({name: MEASURES[name].regime for name in measures})
    return [
        Table(
            id=f"{subject}-{regime}".replace(".", ""),
            title=group_title(subject, regime),
            note=REGIMES.get(regime, ""),
            rows=tuple(_row(compared, name) for name in names),
        )
        for (subject, regime), names in groups.items()
    ]


def _row(compared: Mapping[str, Any], measure: str) -> Row:
    values = {name: row.get(measure) for name, row in compared["values"].items()}
    places = column_decimals(value for value in values.values() if value is not None)
    found = {name: compared["differences"].get(name, {}).get(measure) for name in values}
    return Row(heading(measure), tuple(_cell(values[name], found[name], places) for name in values))


def _cell(value: float | None, found: Mapping[str, Any] | None, places: int) -> Cell:
    if found is None:
        return Cell(shown(value, places))
    exact = max(places, fine(found["value"]))
    return Cell(
        value=shown(value, places),
        difference=signed(found["value"], exact),
        interval=f"{signed(found['low'], exact)} to {signed(found['high'], exact)}" if "low" in found else "",
        stories=f"{found['better_stories']:,} : {found['worse_stories']:,}" if "p" in found else "",
        p=chance(found["p_holm"]) if "p" in found else "",
        verdict=found["verdict"],
    )


def chance(p: float) -> str:
    """`p 0.031`; very small ones are not spelt out."""
    return "p < 0.001" if p < 0.001 else f"p {p:.2g}"
