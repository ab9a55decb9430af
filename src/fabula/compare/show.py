"""A comparison in the terminal: the verdict, the tables, the rule and what to know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from fabula.compare.table import Cell, Table, tables
from fabula.compare.words import notes, readings, rule

COLOURS = {"better": "green", "worse": "red", None: "dim"}
ARROWS = {"lower": " ↓", "higher": " ↑", None: ""}


def show(compared: Mapping[str, Any], console: Console) -> None:
    for sentence in compared["verdict"]:
        console.print(sentence, markup=False, highlight=False)
    for table in tables(compared):
        console.print(_drawn(table, compared))
    for sentence in (readings(compared), rule(compared), *notes(compared)):
        console.print(f"• {sentence}", markup=False, highlight=False)


def _drawn(table: Table, compared: Mapping[str, Any]) -> RichTable:
    made = RichTable(title=table.title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, padding=(0, 1))
    made.add_column("")
    for name in compared["sides"]:
        made.add_column(escape(name), justify="right", vertical="top")
    for row in table.rows:
        made.add_row(f"{row.measure.label}{ARROWS[row.measure.better]}", *map(_drawn_cell, row.cells))
    return made


def _drawn_cell(cell: Cell) -> str:
    """Value and difference to the first; their interval; the stories and their p."""
    if not cell.difference:
        return cell.value
    counted = " ".join(filter(None, (cell.stories, cell.p, cell.verdict)))
    beneath = [line for line in (cell.interval, counted) if line]
    colour = COLOURS[cell.verdict]
    return "\n".join([f"{cell.value}  [{colour}]{cell.difference}[/]", *(f"[{colour}]{line}[/]" for line in beneath)])
