"""Audit a source: read it once, ask all questions, tell the answers in the way that was wished for."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from fabula import files
from fabula.audit.catalogue import findings
from fabula.audit.page import render
from fabula.audit.read import read_split
from fabula.audit.shown import show_examples
from fabula.audit.table import show
from fabula.audit.told import Told, plain, told_of
from fabula.data.open import open_source
from fabula.data.source import Source
from fabula.errors import FabulaError, pick
from fabula.floors.progress import bars
from fabula.recipe import Data
from fabula.schema import convert
from fabula.story import Size


@dataclass(frozen=True)
class Wish:
    """What a person wants to know, and how it is to be told."""

    splits: tuple[str, ...] = ()  # none: all
    context: int = 4
    size: str | None = None  # of the world's pictures
    limit: int | None = None  # stories of each split
    json: bool = False
    html: Path | None = None


def audit_source(data: Data, wish: Wish) -> bool:
    """Print the findings, write the page where it was asked for; whether anything leaks.

    Errors: FabulaError for a source or split that is not there, or data that cannot be read at all.
    """
    source = open_source(data.source, data)
    splits = _splits(source, wish)
    size = convert(wish.size, Size, "--size") if wish.size else None
    with files.new_file(wish.html) if wish.html else nullcontext() as page:
        reads = [read_split(source, split, size, wish.limit) for split in splits]
        told = told_of(source.name, source.notes, reads, list(findings(reads, wish.context, bars)), wish.context)
        if page:
            page.write_text(render(told, show_examples(source, told["findings"], size)), encoding="utf-8")
    _tell(told, wish)
    return told["leaks"] > 0


def _splits(source: Source, wish: Wish) -> list[str]:
    splits = [pick(split, source.splits, f"{source.name}: split") for split in wish.splits] or list(source.splits)
    if len(set(splits)) < len(splits):
        raise FabulaError(f"--splits: {','.join(splits)} names a split twice; name each once")
    return splits


def _tell(told: Told, wish: Wish) -> None:
    if wish.json:
        print(json.dumps(plain(told), ensure_ascii=False, indent=1))
    else:
        show(told, Console())
    if wish.html:
        print(f"Written: {wish.html}", file=sys.stderr)
