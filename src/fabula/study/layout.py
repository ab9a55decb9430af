"""Where everything of a study lies."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fabula.handing import folder_of


@dataclass(frozen=True)
class StudyFolder:
    path: Path

    plan = property(lambda self: self.path / "plan.yaml")
    values = property(lambda self: self.path / "study.json")
    table = property(lambda self: self.path / "table.md")
    page = property(lambda self: self.path / "study.html")

    def run(self, data: str, arm: str, seed: int) -> Path:
        return self.path / "runs" / data / arm / f"seed-{seed}"

    def stages(self, run: Path, names: Sequence[str]) -> dict[str, Path]:
        """Where each stage of a run lies: the last in the run's own folder."""
        return {name: run if name == names[-1] else folder_of(name, run) for name in names}

    def before(self, data: str, stage: str) -> Path:
        return self.path / "before" / data / stage

    def speed(self, data: str, arm: str) -> Path:
        return self.path / "speed" / data / arm

    def floors(self, data: str) -> Path:
        return self.path / "floors" / data

    def log(self, task: str) -> Path:
        """What the child process of a task said."""
        return self.path / "logs" / f"{task}.log"

    def facts(self, task: str) -> Path:
        """By what command a task was done, and what it cost; there once it is done."""
        return self.path / "logs" / f"{task}.json"


def names_of(sources: tuple[str, ...]) -> dict[str, str]:
    """A folder's name for every source: `parquet:../storybooks/test.parquet` -> `storybooks-test`."""
    named: dict[str, str] = {}
    for source in sources:
        path = Path(source.partition(":")[2] or source)
        near = [part for part in (path.parent.name, path.stem) if part.strip(".")]
        name = re.sub(r"[^A-Za-z0-9_-]+", "-", "-".join(near)).strip("-") or "data"
        taken = sum(other == name or other.startswith(f"{name}--") for other in named.values())
        named[source] = f"{name}--{taken + 1}" if taken else name
    return named
