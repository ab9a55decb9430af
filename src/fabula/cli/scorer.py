"""`fabula scorer train OUT --source SOURCE ...` and `fabula scorer about [FOLDER]`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

SOURCE = "What to learn from, once or more: world, hub:OWNER/NAME[@REVISION], parquet:PATH, jsonl:PATH, folder:PATH."


def scorer(
    what: Annotated[str, typer.Argument(help="train or about.", metavar="train|about")],
    folder: Annotated[Path | None, typer.Argument(help="Of the scorer; for `about` the shipped one.")] = None,
    source: Annotated[list[str] | None, typer.Option(help=SOURCE, show_default="world")] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="Optimiser steps.", show_default="400")] = None,
    batch_size: Annotated[int | None, typer.Option(min=2, help="Pairs a step.", show_default="128")] = None,
    learning_rate: Annotated[float | None, typer.Option(min=1e-9, help="At its highest.", show_default="3e-3")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Of all chance.", show_default="0")] = None,
    stories: Annotated[int, typer.Option(min=1, help="Train stories of the world.")] = 2000,
    test_stories: Annotated[int, typer.Option(min=1, help="Test stories of the world.")] = 440,
) -> None:
    """Train the encoder of pictures and captions that told stories are measured with, or say what one is.

    Whoever stops the training (Ctrl-C) keeps what was learned by then; scorer.json says after how many steps.
    """
    import json

    from fabula.errors import FabulaError, pick
    from fabula.scorer.folder import read_about
    from fabula.scorer.opening import shipped_folder

    if pick(what, ("train", "about"), "fabula scorer") == "about":
        typer.echo(json.dumps(read_about(folder or shipped_folder()), indent=1, ensure_ascii=False))
        return
    if folder is None:
        raise FabulaError("fabula scorer train: name a new folder for the weights")

    from fabula.recipe import Data, World
    from fabula.scorer.learning import Plan
    from fabula.scorer.making import make_scorer, wished

    plan = wished(Plan(), steps=steps, batch_size=batch_size, learning_rate=learning_rate, seed=seed)
    data = Data(world=World(train=stories, validation=0, test=test_stories))
    make_scorer(folder, data, source or ["world"], plan=plan, say=lambda line: typer.echo(line, err=True))
    typer.echo(f"written: {folder}; look at it: fabula scorer about {folder}")
