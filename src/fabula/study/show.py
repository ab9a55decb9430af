"""The tables of a study as Markdown and in the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table as RichTable

from fabula.study.table import ARMS, Cell, Column, Row, Table

PARTS = {
    ("picture",): "Pictures",
    ("caption",): "Captions",
    ("world", "cloze"): "Questions, and the cloze",
    ("retrieval", "agreement", "scorer"): "As the scorer sees it",
    ("context",): "What the context is worth",
    ("cross_modal",): "Pictures and captions together",
    ("cost",): "Cost",
}
COLOURS = {"better": "green", "worse": "red"}
ARROWS = {"lower": " ↓", "higher": " ↑", None: ""}


def markdown(study: Mapping[str, Any], tables: Sequence[Table]) -> str:
    """One section a data source."""
    return "\n".join([f"# {study['name']}", "", *(line for table in tables for line in _section(table))])


def _section(table: Table) -> list[str]:
    heads = ["", *(f"{column.label}{ARROWS[column.better]}" for column in table.columns)]
    lines = [
        f"## {table.data}",
        "",
        f"{table.about}.",
        "",
        _line(heads),
        _line(["---", *["---:"] * len(table.columns)]),
    ]
    lines += [_line([_name(row), *map(_cell, row.cells)]) for row in table.rows]
    return [*lines, "", *(f"- {escaped(note)}" for note in table.notes), ""]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _name(row: Row) -> str:
    name = escaped(row.name)
    note = f" ({row.note})" if row.note else ""
    return {"compare": f"**{name}**", "arm": name}.get(row.kind, f"*{name}*") + note


def _cell(cell: Cell) -> str:
    value = f"{cell.value} ± {cell.spread}" if cell.spread else cell.value
    if not cell.difference:
        return value
    between = f" [{cell.interval}]" if cell.interval else ""
    said = f" **{cell.verdict}**" if cell.verdict else ""
    return f"{value}<br>{cell.difference}{between}{said}"


def escaped(text: str) -> str:
    """What a Markdown table would read as its own is marked."""
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")


def show(study: Mapping[str, Any], tables: Sequence[Table], console: Console) -> None:
    """The same in the terminal, in parts that fit it."""
    for table in tables:
        console.print(f"\n[bold]{study['name']}[/] on ", end="")
        console.print(f"{table.data}: {table.about}", markup=False, highlight=False)
        for subjects, title in PARTS.items():
            part = table.of(*subjects)
            if part.columns:
                console.print(_drawn(part, title))
        for note in table.notes:
            console.print(f"• {note}", markup=False, highlight=False)


def _drawn(table: Table, title: str) -> RichTable:
    made = RichTable(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, padding=(0, 1))
    made.add_column("")
    for column in table.columns:
        made.add_column(_label(column), justify="right", overflow="fold")
    floors = False
    for row in table.rows:
        if row.kind not in ARMS and not floors:
            made.add_section()
            floors = True
        name = f"{row.name} *" if row.kind == "oracle" else row.name
        style = {"compare": "bold", "arm": ""}.get(row.kind, "dim")
        made.add_row(name, *map(_drawn_cell, row.cells), style=style)
    return made


def _label(column: Column) -> str:
    return f"{column.label}{ARROWS[column.better]}"


def _drawn_cell(cell: Cell) -> str:
    value = f"{cell.value} ±{cell.spread}" if cell.spread else cell.value
    if not cell.difference:
        return value
    colour = COLOURS.get(cell.verdict or "", "dim")
    return (
        f"{value}\n[{colour}]{cell.difference} ({cell.interval})[/]" if cell.interval else f"{value}\n{cell.difference}"
    )
