"""`fabula audit`: whether a data set is clean: what leaks from split to split, and what is at fault."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Argument, Exit, Option

SOURCE = "world, hub:OWNER/NAME[@REVISION], parquet:PATH, jsonl:PATH, folder:PATH, or a path."


def audit(
    source: Annotated[str, Argument(help=SOURCE, metavar="SOURCE")],
    splits: Annotated[str, Option(help="Only these, as in train,test.", show_default="all", metavar="A,B,...")] = "",
    context: Annotated[int, Option(min=1, help="Frames that are given, K.")] = 4,
    size: Annotated[str | None, Option(help="Size of the world's pictures.", metavar="HxW")] = None,
    limit: Annotated[int | None, Option(min=1, help="Only the first N stories of each split.")] = None,
    frames_key: Annotated[str | None, Option(help="The column of pictures.")] = None,
    captions_key: Annotated[str | None, Option(help="The column of captions.")] = None,
    reason_key: Annotated[str | None, Option(help="The column of reasons.")] = None,
    json: Annotated[bool, Option("--json", help="Print one JSON object and nothing else.")] = False,
    html: Annotated[Path | None, Option(help="Write a page that shows what was found.")] = None,
) -> None:
    """Find what leaks between the splits of a data set, and its faults.

    Pictures, captions, stories and films that stand on two sides; broken pictures, empty captions, wrong boxes.
    The exit code is 1 where something leaks and 0 where nothing does: faults alone are shown and leave it 0.
    """
    from fabula.audit import Wish, audit_source
    from fabula.recipe import Data, World

    chosen = tuple(filter(None, (split.strip() for split in splits.split(","))))
    data = Data(
        source=source,
        frames_key=frames_key,
        captions_key=captions_key,
        reason_key=reason_key,
        world=World(hard=World.test) if "hard" in chosen else World(),
    )
    if audit_source(data, Wish(chosen, context, size, limit, json, html)):
        raise Exit(1)
