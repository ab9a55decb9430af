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
    """Train a model: checkpoints, curves and samples while it runs, at the end a bundle with its floors.

    A recipe with stages is trained stage by stage: all but the last in DIR/stages/NAME, the last in DIR itself.
    """
    import os

    from fabula.data.hub import check_reach
    from fabula.recipe import source_of

    check_reach(source_of(recipe, overrides or ()))

    from fabula.journal.stopping import Stopped
    from fabula.staging import read_stages, run_stages

    try:
        stages = read_stages(recipe, tuple(overrides or ()), run)
        bundle = run_stages(stages, run, resume=resume, with_floors=floors)
    except Stopped as stop:
        typer.echo(str(stop), err=True)
        raise SystemExit(130) from stop
    if os.environ.get("RANK", "0") == "0":
        typer.echo(f"the trained model is in {bundle}; next: fabula evaluate {run}")
