"""The same numbers for TensorBoard."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from fabula.files import said


class Board:
    """Event files below `folder`; those of a broken run after `step` are marked as undone."""

    def __init__(self, folder: Path, step: int) -> None:
        from torch.utils.tensorboard import SummaryWriter

        self.folder = folder
        with said("write", folder):
            self._writer = SummaryWriter(str(folder), purge_step=step + 1 if step else None)

    def add(self, room: str, values: Mapping[str, float], step: int) -> None:
        with said("write", self.folder):
            for name, value in values.items():
                self._writer.add_scalar(f"{room}/{name}", value, step)

    def flush(self) -> None:
        with said("write", self.folder):
            self._writer.flush()

    def close(self) -> None:
        with said("write", self.folder):
            self._writer.close()
