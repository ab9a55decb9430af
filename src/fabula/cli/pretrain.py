"""`fabula pretrain picture|text RECIPE [key=value ...] --run DIR [--resume]`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def pretrain(
    what: Annotated[str, typer.Argument(help="picture or text: which encoder and decoder.", metavar="picture|text")],
    recipe: Annotated[str, typer.Argument(help="A recipe's path, or the name of a shipped one.")],
    overrides: Annotated[
        list[str] | None, typer.Argument(metavar="[KEY=VALUE]...", help="As in train.steps=500.")
    ] = None,
    run: Annotated[Path, typer.Option("--run", help="Its folder: a new one, or with --resume one that stopped.")] = ...,  # ty: ignore[invalid-parameter-default]
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the run in the folder, if there is one.")
    ] = False,
    floors: Annotated[bool, typer.Option(help="Fit the floors too, at the end.")] = True,
) -> None:
    """Train an encoder and a decoder to tell single frames of themselves; a recipe then takes them with `from: DIR`."""
    from fabula.data.hub import check_reach
    from fabula.recipe import source_of

    check_reach(source_of(recipe, overrides or ()))

    from fabula.bundle import read_recipe
    from fabula.errors import pick
    from fabula.journal.stopping import Stopped
    from fabula.run import run as run_recipe
    from fabula.stages import staged

    pick(what, ("picture", "text"), "fabula pretrain")
    try:
        stage = staged(read_recipe(recipe, tuple(overrides or ())), what)  # ty: ignore[invalid-argument-type]
        run_recipe(stage, run, resume=resume, with_floors=floors)
    except Stopped as stop:
        typer.echo(str(stop), err=True)
        raise SystemExit(130) from stop
    slots = "image_encoder and image_decoder" if what == "picture" else "text_encoder and caption_decoder"
    typer.echo(f"measure it: fabula evaluate {run}; use it: `from: {run}` in a recipe's {slots}")
