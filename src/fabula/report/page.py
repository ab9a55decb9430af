"""The report: one HTML file that holds all it shows and asks for nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib import metadata
from pathlib import Path

from fabula import files
from fabula.drawing.pages import page_style, page_template
from fabula.report.chapter import Chapter, chapter
from fabula.report.overview import overview
from fabula.report.reading import read_run
from fabula.report.tables import Table


def write(folders: Sequence[Path], out: Path) -> Path:
    """Write the page of one or several runs. FabulaError where a folder is no run, or the disk refuses."""
    runs = [read_run(Path(folder)) for folder in folders]
    chapters = [chapter(run, number) for number, run in enumerate(runs, start=1)]
    table = overview(runs, [each.about for each in chapters])
    if table and len(chapters) == 1:
        chapters = [replace(chapters[0], tables=(table, *chapters[0].tables))]
    files.write_text(out, render(chapters, table if len(chapters) > 1 else None))
    return out


def render(chapters: Sequence[Chapter], table: Table | None = None) -> str:
    """`table` sets several runs side by side above all."""
    style, version = page_style("fabula.report"), metadata.version("fabula")
    return page_template("fabula.report").render(chapters=chapters, overview=table, style=style, version=version)
