"""All that a run writes down beside its checkpoints; on processes that are not the first, nothing."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from PIL import Image

from fabula import files
from fabula.drawing.curves import curves
from fabula.journal.board import Board
from fabula.journal.folder import RunFolder
from fabula.journal.log import Log, write_metrics
from fabula.journal.progress import Bar
from fabula.train.loop import StepReport

SHARE = 30  # the curves are drawn again after so many times as long as they took


class Journal:
    """A context manager around the steps of one session: log, bar, TensorBoard, metrics.csv, curves, samples."""

    def __init__(self, folder: RunFolder, name: str, step: int, steps: int, windows: int) -> None:
        self.folder, self.name, self.steps, self.windows = folder, name, steps, windows
        self.log = Log(folder.log, step)
        self.board = Board(folder.tensorboard, step)
        self.bar = Bar(name, step, steps)
        self._before, self._began, self._first = self.log.seconds, time.monotonic(), step
        self._next_drawing, self._drawn = 0.0, True

    def __enter__(self) -> Journal:
        self.bar.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.bar.__exit__(kind, error, at)
        if error is None and not self._drawn:
            self._draw()
        try:
            self.log.close()
            self.board.close()
        except (OSError, ValueError):
            if error is None:  # what went wrong first is told
                raise

    @property
    def seconds(self) -> float:
        """Of the run, over all its sessions."""
        return round(self._before + time.monotonic() - self._began, 3)

    def epoch(self, report: StepReport) -> float:
        """How often the train windows have been seen."""
        return round(report.step * report.windows / self.windows, 4)

    def step(self, report: StepReport) -> None:
        losses = {"loss": report.loss, **report.parts}
        beside = {"learning_rate": report.learning_rate, "gradient_norm": report.gradient_norm}
        self.bar.step(report.step, report.loss, report.windows)
        beside["windows_per_second"] = round(self.bar.speed, 2)
        head = {"event": "train", "step": report.step, "epoch": self.epoch(report), "seconds": self.seconds}
        self.log.add({**head, "losses": losses, **beside})
        self.board.add("train", {**losses, **beside}, report.step)

    def validated(self, report: StepReport, measures: Mapping[str, float]) -> None:
        head = {"event": "validation", "step": report.step, "epoch": self.epoch(report), "seconds": self.seconds}
        self.log.add({**head, "measures": dict(measures)})
        self.board.add("validation", measures, report.step)
        self.board.flush()
        self.bar.validated(report.step, measures, self._left(report.step))
        write_metrics(self.folder.metrics, self.log.rows)
        self._drawn = time.monotonic() >= self._next_drawing
        if self._drawn:
            self._draw()

    def _draw(self) -> None:
        """The curves; drawing them takes at most a small share of the run."""
        began = time.monotonic()
        _save(curves(self.log.rows, self.name), self.folder.curves)
        ended = time.monotonic()
        self._next_drawing = ended + SHARE * (ended - began)

    def sample(self, report: StepReport, picture: Image.Image, maps: Image.Image | None = None) -> None:
        """A storyboard, named by epoch and step, and beside it what the model attends to."""
        name = f"epoch-{self.epoch(report):06.2f}-step-{report.step:06d}"
        _save(picture, self.folder.samples / f"{name}.png")
        if maps is not None:
            _save(maps, self.folder.samples / f"{name}-maps.png")

    def _left(self, step: int) -> float:
        return (time.monotonic() - self._began) / max(1, step - self._first) * (self.steps - step)


class Silence:
    """A journal that is not kept."""

    def __enter__(self) -> Silence:
        return self

    def __exit__(self, *error: object) -> None: ...

    def step(self, report: StepReport) -> None: ...

    def validated(self, report: StepReport, measures: Mapping[str, float]) -> None: ...

    def sample(self, report: StepReport, picture: Image.Image, maps: Image.Image | None = None) -> None: ...


def _save(picture: Image.Image, path: Path) -> None:
    with files.new_file(path) as draft:
        picture.save(draft, format="PNG")
