"""`fabula report`: one page about finished runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Argument, Option, echo

SHOWS = "the verdict in words, scores beside floors, curves, best, median and worst windows, told stories, recipe, data"


def report(
    runs: Annotated[list[Path], Argument(help="Run folders, or folders that fabula evaluate wrote.", metavar="RUN...")],
    out: Annotated[Path | None, Option(help="The file to write.", show_default="report.html in the first run")] = None,
) -> None:
    """Write one self-contained page: verdict, scores beside floors, curves, told windows, recipe, data, cost."""
    from fabula import shipped
    from fabula.report import write

    place = out or shipped.beside(runs[0], "report.html") or runs[0] / "report.html"
    page = write([shipped.folder_of(run) for run in runs], place)
    echo(f"Written: {page} ({page.stat().st_size / 1e6:.1f} MB; open it in a browser)")
    echo(f"It shows: {SHOWS}")
