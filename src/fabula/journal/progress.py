"""How far a run is, on the error stream: a bar on a terminal, a line a validation everywhere."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

RECENT = 30  # steps over which speed and loss are averaged


def say(sentence: str) -> None:
    """One line on the error stream."""
    _console().print(sentence, markup=False)


def _console() -> Console:
    return Console(stderr=True, highlight=False, soft_wrap=True)


class Bar:
    """A context manager around the steps of one session."""

    def __init__(self, name: str, step: int, steps: int) -> None:
        self._console = _console()
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("steps  loss {task.fields[loss]:.3f}  {task.fields[speed]:,.0f} windows/s  left"),
            TimeRemainingColumn(),
        )
        shown = self._console.is_terminal
        self._bar = Progress(*columns, console=self._console, transient=True, disable=not shown)
        self._task = self._bar.add_task(name, total=steps, completed=step, loss=float("nan"), speed=0.0)
        self._steps = steps
        self._recent: deque[tuple[float, int, float]] = deque(maxlen=RECENT)

    def __enter__(self) -> Bar:
        self._recent.append((time.monotonic(), 0, float("nan")))
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._bar.stop()

    @property
    def speed(self) -> float:
        """Windows a second, over the last steps."""
        took = self._recent[-1][0] - self._recent[0][0]
        return sum(windows for _, windows, _ in list(self._recent)[1:]) / took if took > 0 else 0.0

    def step(self, step: int, loss: float, windows: int) -> None:
        self._recent.append((time.monotonic(), windows, loss))
        losses = [loss for _, _, loss in self._recent if loss == loss]
        self._bar.update(self._task, completed=step, loss=sum(losses) / len(losses), speed=self.speed)

    def validated(self, step: int, measures: Mapping[str, float], left: float) -> None:
        said = "  ".join(f"{name} {value:.4g}" for name, value in measures.items())
        clock = f"{int(left) // 60}:{int(left) % 60:02d}"
        speed = f"{self.speed:,.0f} windows/s, {clock} left"
        self._console.print(f"step {step}/{self._steps}  {said}  ({speed})", markup=False)
