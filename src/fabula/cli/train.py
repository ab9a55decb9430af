"""`fabula train RECIPE [key=value ...] --run DIR [--resume]`."""

from __future__ import annotations

from pathlib import Path

import typer


def train(
    recipe: str = typer.Argument(..., help="A recipe's path, or the name of a shipped one, such as `tiny`."),
    overrides: list[str] = typer.Argument(None, metavar="[KEY=VALUE]...", help="As in train.steps=500."),  # noqa: B008
    run: Path = typer.Option(..., "--run", help="Its folder: a new one, or with --resume one that stopped."),  # noqa: B008
    resume: bool = typer.Option(False, "--resume", help="Go on with the run in the folder, if there is one."),
    floors: bool = typer.Option(True, help="Fit the floors too, at the end."),
) -> None:
    """Train a model: checkpoints, curves and samples while it runs, at the end a bundle with its floors."""
    import os

    from fabula.data.hub import check_reach
    from fabula.recipe import source_of

    check_reach(source_of(recipe, overrides or ()))

    from fabula.bundle import read_recipe
    from fabula.journal.stopping import Stopped
    from fabula.run import run as run_recipe

    try:
        bundle = run_recipe(read_recipe(recipe, tuple(overrides or ())), run, resume=resume, with_floors=floors)
    except Stopped as stop:
        typer.echo(str(stop), err=True)
        raise SystemExit(130) from stop
    if os.environ.get("RANK", "0") == "0":
        typer.echo(f"the trained model is in {bundle}; next: fabula evaluate {run}")
