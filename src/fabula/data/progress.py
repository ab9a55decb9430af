"""A bar on the terminal while stories are read: how many, pictures a second, time left. Silent where there is none."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from fabula.errors import FabulaError
from fabula.story import Story

Reading = TypeVar("Reading", Story, Story | FabulaError)


def counted(stories: Iterable[Reading], doing: str, expected: int | None) -> Iterator[Reading]:
    """The same stories, with a bar on the error stream while they pass."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("stories"),
        TextColumn("{task.fields[speed]:,.0f} pictures/s"),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(doing, total=expected, speed=0.0)
        began, pictures = time.monotonic(), 0
        for story in stories:
            yield story
            pictures += 0 if isinstance(story, FabulaError) else len(story.frames)
            bar.update(task, advance=1, speed=pictures / max(time.monotonic() - began, 1e-3))
