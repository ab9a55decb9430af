"""How far a study is, on the error stream: a bar on a terminal, a line a task everywhere."""

from __future__ import annotations

import time
from collections.abc import Sequence
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from fabula.report.figures import seconds as in_words


class Bar:
    """A context manager around the tasks of one session."""

    def __init__(self, name: str, total: int) -> None:
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        left = (TextColumn("left"), TimeRemainingColumn(), TextColumn("{task.fields[running]}", style="dim"))
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), *left)
        shown = self._console.is_terminal
        self._bar = Progress(
            *columns, console=self._console, transient=True, disable=not shown, speed_estimate_period=1e4
        )
        self._task = self._bar.add_task(name, total=total, running="")
        self._total, self._ended = total, 0

    def __enter__(self) -> Bar:
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._bar.stop()

    def show(self, running: Sequence[tuple[str, float]]) -> None:
        """What runs, each with the moment when it began."""
        now = time.monotonic()
        self._bar.update(self._task, running=", ".join(f"{name} {now - began:.0f} s" for name, began in running))

    def done(self, name: str, seconds: float | None) -> None:
        """`seconds` is None where it had been done before."""
        self._add()
        if seconds is not None:
            self._say(f"{self._ended}/{self._total}  {name}  {in_words(seconds)}")

    def failed(self, name: str, reason: str) -> None:
        self._add()
        self._say(f"{self._ended}/{self._total}  {name}  failed: {reason}")

    def _add(self) -> None:
        self._ended += 1
        self._bar.update(self._task, advance=1)

    def _say(self, sentence: str) -> None:
        self._console.print(sentence, markup=False)
