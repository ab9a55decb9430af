"""`fabula world`: write stories of the built-in world to a parquet file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def world(
    out: Annotated[Path, typer.Argument(help="Folder that the file is written to.")],
    stories: Annotated[int, typer.Option(help="How many stories.", min=1)] = 1000,
    seed: Annotated[int, typer.Option(help="Another seed, other stories.", min=0)] = 0,
    split: Annotated[str, typer.Option(help="train, validation, test or hard.")] = "train",
    size: Annotated[str, typer.Option(help="Height x width of the pictures.")] = "60x125",
) -> None:
    """Write illustrated stories to OUT/SPLIT.parquet, in StoryReasoning's schema with the truth beside."""
    from rich.progress import track

    from fabula.errors import FabulaError, pick
    from fabula.story import Size
    from fabula.world import SPLITS, split_stories
    from fabula.world.table import write_table

    sides = size.lower().split("x")
    if len(sides) != 2 or not all(side.isdecimal() for side in sides):
        raise FabulaError(f"--size: {size!r} is not a size; write height x width, as in 60x125")
    shape = Size(int(sides[0]), int(sides[1]))
    made = split_stories(pick(split, SPLITS, "--split"), seed, stories, shape)
    path = out / f"{split}.parquet"
    count = write_table(path, track(made, description="stories", total=stories))
    typer.echo(f"{path}: {count} stories, {path.stat().st_size / 1e6:.1f} MB")
