"""`fabula ablate PLAN.yaml --run DIR [--resume] [--jobs N]`: arms at equal budget, one table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

SOURCE = "Do the study on this source, and on the next one given; instead of the plan's own."


def ablate(
    plan: Annotated[Path, typer.Argument(help="A plan's path, or the name of a shipped one, such as ablations/gate.")],
    run: Annotated[Path, typer.Option("--run", help="Its folder: a new one, or with --resume one that stopped.")],
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the study in the folder, if there is one.")
    ] = False,
    jobs: Annotated[int | None, typer.Option(min=1, help="Runs at a time.", show_default="the free processors")] = None,
    data: Annotated[list[str] | None, typer.Option(help=SOURCE, show_default="the plan's, or the recipe's")] = None,
) -> None:
    """Train and score variations of a recipe at equal budget: one table with intervals, and a page of curves."""
    from fabula.data.hub import check_reach

    for source in data or ():
        check_reach(source)

    from rich.console import Console

    from fabula.journal.stopping import Stopped
    from fabula.study import run_study
    from fabula.study.show import show
    from fabula.study.table import tables_of
    from fabula.train.device import free_processors

    try:
        values = run_study(plan, run, data=tuple(data or ()), jobs=jobs or free_processors(), resume=resume)
    except Stopped as stop:
        typer.echo(str(stop), err=True)
        raise SystemExit(130) from stop
    show(values, tables_of(values), Console())
    typer.echo(f"Written: {run / 'study.json'}, {run / 'table.md'}, {run / 'study.html'}")
    for task, reason in values["failed"].items():
        typer.echo(f"failed: {task}: {reason}", err=True)
    if values["failed"]:
        raise SystemExit(1)
