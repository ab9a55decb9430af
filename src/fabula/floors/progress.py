"""How a long piece of work says how far it is: `with progress("what", total) as advance: advance(1, "loss 3.2")`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

Advance = Callable[..., None]  # (steps done, a short note)
Progress = Callable[[str, int], AbstractContextManager[Advance]]


@contextmanager
def silent(doing: str, total: int) -> Iterator[Advance]:
    """Says nothing."""
    yield lambda done=1, note="": None


@contextmanager
def bars(doing: str, total: int) -> Iterator[Advance]:
    """A bar on the error stream with count, note and time left; nothing where that is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns: tuple[Any, ...] = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}"),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Bars(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(doing, total=total, note="")
        yield lambda done=1, note="": bar.update(task, advance=done, note=note)
