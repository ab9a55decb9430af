"""The report: one HTML file that holds all it shows and asks for nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import metadata, resources
from pathlib import Path

from markupsafe import Markup

from fabula import files
from fabula.drawing.pages import page_template
from fabula.report.chapter import Chapter, chapter
from fabula.report.reading import read_run


def write(folders: Sequence[Path], out: Path) -> Path:
    """Write the page of one or several runs. FabulaError where a folder is no run, or the disk refuses."""
    files.write_text(out, render([chapter(read_run(Path(f)), number) for number, f in enumerate(folders, start=1)]))
    return out


def render(chapters: Sequence[Chapter]) -> str:
    style = Markup((resources.files("fabula.report") / "page.css").read_text("utf-8"))
    return page_template("fabula.report").render(chapters=chapters, style=style, version=metadata.version("fabula"))
