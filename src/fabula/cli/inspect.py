"""`fabula inspect`: what a data set holds, before anything is trained on it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

SOURCE = "world, hub:OWNER/NAME[@REVISION], parquet:PATH, jsonl:PATH, folder:PATH, or a path."


def inspect(
    source: Annotated[str, Argument(help=SOURCE, metavar="SOURCE")],
    split: Annotated[str | None, Option(help="Only this split.", show_default="all")] = None,
    context: Annotated[list[int] | None, Option(min=1, help="Windows of K frames.", show_default="1 to 6")] = None,
    length: Annotated[int, Option(min=1, help="Tokens of a caption, the end token included.")] = 64,
    tokenizer: Annotated[str, Option(help="`bpe`, learned here, or the path of a tokenizer.json.")] = "bpe",
    vocabulary: Annotated[int, Option(help="Size of the learned vocabulary.")] = 2048,
    size: Annotated[str | None, Option(help="Size of the world's pictures.", metavar="HxW")] = None,
    limit: Annotated[int | None, Option(min=1, help="Only the first N stories of each split.")] = None,
    frames_key: Annotated[str | None, Option(help="The column of pictures.")] = None,
    captions_key: Annotated[str | None, Option(help="The column of captions.")] = None,
    reason_key: Annotated[str | None, Option(help="The column of reasons.")] = None,
    json: Annotated[bool, Option("--json", help="Print one JSON object and nothing else.")] = False,
    html: Annotated[Path | None, Option(help="Write a page that shows stories, captions and boxes.")] = None,
    shown: Annotated[int, Option(min=1, help="Stories of each split on the page.")] = 6,
    dump: Annotated[Path | None, Option(help="Write what was understood of every story, a JSON line each.")] = None,
) -> None:
    """Count and show what a data set holds: stories, windows, pictures, captions, repairs."""
    from fabula.inspection import Wish, inspect_source
    from fabula.recipe import Data, World

    data = Data(
        source=source,
        frames_key=frames_key,
        captions_key=captions_key,
        reason_key=reason_key,
        caption_length=length,
        tokenizer=tokenizer,
        vocabulary=vocabulary,
        world=World(hard=World.test) if split == "hard" else World(),
    )
    contexts = tuple(sorted(set(context or range(1, 7))))
    inspect_source(data, Wish(split, contexts, size, limit, json, html, shown, dump))
