"""Inspect a source: read it once, then tell its facts in the way that was wished for."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from rich.console import Console

from fabula import files
from fabula.data.captions import tokenizer_for
from fabula.data.describe import describe
from fabula.data.open import open_source
from fabula.data.source import Source
from fabula.errors import pick
from fabula.inspection.facts import facts
from fabula.inspection.page import render
from fabula.inspection.shown import ShownStory, shown_story
from fabula.inspection.survey import survey
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
    source = open_source(data.source, data)
    splits = [pick(wish.split, source.splits, f"{source.name}: split")] if wish.split else list(source.splits)
    size = convert(wish.size, Size, "--size") if wish.size else None
    gallery = Gallery(source, wish)
    with ExitStack() as stack:
        keep = stack.enter_context(_dumping(wish.dump)) if wish.dump else _drop

        def watch(split: str, place: int, story: Story) -> None:
            keep(story)
            gallery.watch(split, place, story)

        surveys = [survey(source, split, size, watch, wish.limit) for split in splits]
    tokenizer = tokenizer_for(data, surveys[0].captions)
    _tell(facts(source, surveys, tokenizer, wish.contexts, data.caption_length), gallery.stories, wish)


def _tell(found: dict, stories: list[ShownStory], wish: Wish) -> None:
    if wish.html:
        files.write_text(wish.html, render(found, stories))
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


@contextmanager
def _dumping(path: Path) -> Iterator[Callable[[Story], None]]:
    with files.new_file(path) as draft, draft.open("w", encoding="utf-8") as file:
        yield lambda story: print(json.dumps(describe(story), ensure_ascii=False), file=file)


def _drop(story: Story) -> None:
    """Nothing is dumped."""
