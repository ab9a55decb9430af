"""compare.json and compare.html: a comparison at rest, and as one page that asks for nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from fabula import files
from fabula.compare.moved import moved
from fabula.compare.sides import Side
from fabula.compare.table import tables
from fabula.compare.words import notes, readings, rule
from fabula.drawing.pages import page_style, page_template


def write(compared: Mapping[str, Any], sides: Sequence[Side], out: Path) -> Path:
    """Write both or none into the folder `out`, whatever else it holds; gives the page.

    Errors: FabulaError where the disk refuses.
    """
    page = out / "compare.html"
    drawn, held = render(compared, sides), files.json_text(compared)
    with files.new_file(out / "compare.json") as json, files.new_file(page) as html:
        json.write_text(held, encoding="utf-8")
        html.write_text(drawn, encoding="utf-8")
    return page


def render(compared: Mapping[str, Any], sides: Sequence[Side]) -> str:
    return page_template("fabula.compare").render(
        compared=compared,
        tables=tables(compared),
        groups=moved(sides, compared["left_out"]),
        readings=readings(compared),
        rule=rule(compared),
        notes=notes(compared),
        style=page_style("fabula.report", "fabula.compare"),
        version=metadata.version("fabula"),
    )
