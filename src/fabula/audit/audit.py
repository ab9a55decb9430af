"""Audit a source: read it once, ask all questions, tell the answers in the way that was wished for."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from fabula import files
from fabula.audit.catalogue import findings
from fabula.audit.finding import Finding
from fabula.audit.page import render
from fabula.audit.read import Read, read_split
from fabula.audit.shown import show_examples
from fabula.audit.table import show
from fabula.data.open import open_source
from fabula.data.source import Source
from fabula.errors import FabulaError, pick
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
        told = _told(source, reads, list(findings(reads, wish.context)), wish)
        if page:
            page.write_text(render(told, show_examples(source, told["findings"], size)), encoding="utf-8")
    _tell(told, wish)
    return told["leaks"] > 0


def _splits(source: Source, wish: Wish) -> list[str]:
    splits = [pick(split, source.splits, f"{source.name}: split") for split in wish.splits] or list(source.splits)
    if len(set(splits)) < len(splits):
        raise FabulaError(f"--splits: {','.join(splits)} names a split twice; name each once")
    return splits


def _told(source: Source, reads: list[Read], found: list[Finding], wish: Wish) -> dict[str, Any]:
    """All that an audit found; findings as they are, everything else as plain values."""
    return {
        "source": source.name,
        "notes": list(source.notes),
        "context": wish.context,
        "splits": {read.split: {"stories": len(read.ids), "frames": len(read.captions)} for read in reads},
        "leaks": sum(each.leaks for each in found),
        "faults": sum(each.severity == "fault" and each.count > 0 for each in found),
        "findings": found,
    }


def _tell(told: dict[str, Any], wish: Wish) -> None:
    if wish.json:
        plain = {**told, "findings": [_plain(each) for each in told["findings"]]}
        print(json.dumps(plain, ensure_ascii=False, indent=1))
    else:
        show(told, Console())
    if wish.html:
        print(f"Written: {wish.html}", file=sys.stderr)


def _plain(finding: Finding) -> dict[str, Any]:
    """A finding as JSON values; of an example, its text and the captions with what is shared marked."""
    row = {**asdict(finding), "share": round(finding.share, 4), "leaks": finding.leaks}
    row["examples"] = [
        {
            "text": each.text,
            "sides": [{**side.where._asdict(), "caption": side.caption, "marks": side.marks} for side in each.sides],
        }
        for each in finding.examples
    ]
    return row
