"""`fabula compare RUN RUN... [--out DIR]`: finished runs against the first, on the windows that all have told."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Argument, Option, echo

RUNS = "Evaluated runs, or folders that fabula evaluate wrote; RUN:TELLER names another teller, as runs/a:copy_last."


def compare(
    runs: Annotated[list[str], Argument(help=RUNS, metavar="RUN RUN...")],
    out: Annotated[Path | None, Option(help="Write compare.json and compare.html here.", show_default="none")] = None,
) -> None:
    """Compare evaluated runs with the first: paired differences, intervals and tests over stories, from files alone."""
    from rich.console import Console

    from fabula.compare import compare as compare_sides
    from fabula.compare import read_sides, write
    from fabula.compare.show import show

    sides = read_sides(runs)
    compared = compare_sides(sides)
    page = write(compared, sides, out) if out else None
    show(compared, Console())
    echo(f"Written: {page}" if page else "With --out DIR: a page with these tables and the windows that moved most.")
