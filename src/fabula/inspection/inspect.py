"""Inspect a source: read it once, then tell its facts in the way that was wished for."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from fabula import files
from fabula.data.captions import check_tokenizer, tokenizer_for
from fabula.data.describe import describe
from fabula.data.open import open_source
from fabula.data.source import Source
from fabula.errors import pick
from fabula.inspection.facts import facts
from fabula.inspection.page import render
from fabula.inspection.shown import ShownStory, shown_story
from fabula.inspection.survey import Survey, survey
from fabula.inspection.table import show
from fabula.recipe import Data
from fabula.schema import convert
from fabula.story import Size, Story


@dataclass(frozen=True)
class Wish:
    """What a person wants to know, and how it is to be told."""

    split: str | None = None  # None: all
    contexts: tuple[int, ...] = (1, 2, 3, 4, 5, 6)
    size: str | None = None  # of the world's pictures
    limit: int | None = None  # stories of each split
    json: bool = False
    html: Path | None = None
    shown: int = 6  # stories of each split on the page
    dump: Path | None = None


def inspect_source(data: Data, wish: Wish) -> None:
    """Print the facts; write page and dump where they were asked for."""
    check_tokenizer(data)
    source = open_source(data.source, data)
    with ExitStack() as stack:
        page, dump = (stack.enter_context(files.new_file(path)) if path else None for path in (wish.html, wish.dump))
        surveys, stories = _read(source, wish, dump)
        tokenizer = tokenizer_for(data, surveys[0].captions)
        found = facts(source, surveys, tokenizer, wish.contexts, data.caption_length)
        if page:
            page.write_text(render(found, stories), encoding="utf-8")
    _tell(found, wish)


def _read(source: Source, wish: Wish, dump: Path | None) -> tuple[list[Survey], list[ShownStory]]:
    """One reading of the chosen splits: what is counted, and what is shown."""
    splits = [pick(wish.split, source.splits, f"{source.name}: split")] if wish.split else list(source.splits)
    size = convert(wish.size, Size, "--size") if wish.size else None
    gallery = Gallery(source, wish)
    with dump.open("w", encoding="utf-8") if dump else nullcontext() as file:

        def watch(split: str, place: int, story: Story) -> None:
            gallery.watch(split, place, story)
            if file:
                file.write(json.dumps(describe(story), ensure_ascii=False) + "\n")

        return [survey(source, split, size, watch, wish.limit) for split in splits], gallery.stories


def _tell(found: dict[str, Any], wish: Wish) -> None:
    if wish.json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        show(found, Console())
    for path in filter(None, (wish.html, wish.dump)):
        print(f"Written: {path}", file=sys.stderr)


@dataclass
class Gallery:
    """Keeps some stories of each split for the page, evenly spread."""

    source: Source
    wish: Wish
    stories: list[ShownStory] = field(default_factory=list)

    def watch(self, split: str, place: int, story: Story) -> None:
        if self.wish.html and place in self._chosen(split):
            self.stories.append(shown_story(split, story))

    def _chosen(self, split: str) -> set[int]:
        count = min(self.source.count(split), self.wish.limit or sys.maxsize)
        return set(np.linspace(0, count - 1, min(self.wish.shown, count)).astype(int).tolist())
