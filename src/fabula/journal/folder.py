"""A run's folder: where everything lies, and that only one process writes there."""

from __future__ import annotations

import dataclasses
import os
import shlex
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fabula import recipe as recipes
from fabula.errors import FabulaError
from fabula.files import said
from fabula.recipe import Recipe
from fabula.schema import join, short

try:
    import fcntl
except ImportError:  # a system without it has no lock
    fcntl = None

RUNS = ("recipe.yaml", "log.jsonl", "checkpoints", "bundle", "stages")  # any of these makes a folder a run's
NAMED = 8  # so many differences are named


@dataclass(frozen=True)
class RunFolder:
    path: Path

    recipe = property(lambda self: self.path / "recipe.yaml")
    environment = property(lambda self: self.path / "environment.json")
    data = property(lambda self: self.path / "data.json")
    log = property(lambda self: self.path / "log.jsonl")
    metrics = property(lambda self: self.path / "metrics.csv")
    curves = property(lambda self: self.path / "curves.png")
    samples = property(lambda self: self.path / "samples")
    tensorboard = property(lambda self: self.path / "tensorboard")
    checkpoints = property(lambda self: self.path / "checkpoints")
    bundle = property(lambda self: self.path / "bundle")
    stages = property(lambda self: self.path / "stages")  # what was trained before, where a recipe has stages

    @property
    def go_on(self) -> str:
        """The command that goes on with this run, or with all stages where it is one of them."""
        whole = self.path.parent.parent if self.path.parent.name == "stages" else self.path
        stages = RunFolder(whole).stages / "recipe.yaml"
        recipe, path = (stages, whole) if stages.is_file() else (self.recipe, self.path)
        return f"fabula train {shlex.quote(str(recipe))} --run {shlex.quote(str(path))} --resume"


@contextmanager
def claimed(path: Path, recipe: Recipe, *, resume: bool, writes: bool = True) -> Iterator[RunFolder]:
    """The folder, locked, free for this recipe or holding it already. A folder that nothing was written to is removed.

    FabulaError: another process trains there, it holds a run and `resume` is not asked for, the run is of another
    recipe, or the disk refuses.
    """
    folder = RunFolder(path)
    if not writes:  # another process of this run holds the lock
        yield folder
        return
    with locked(path):
        check_free(folder, recipe, resume=resume)
        yield folder


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """The folder is this process's alone. One that nothing was written to is removed."""
    was_there = path.exists()
    with said("write", path):
        path.mkdir(parents=True, exist_ok=True)
        lock = os.open(path / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        hold(lock, path)
        yield
    finally:
        os.close(lock)
        if not was_there and [entry.name for entry in path.iterdir()] == [".lock"]:
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def advised(folder: RunFolder, saved: Callable[[Path], list[Path]]) -> Iterator[None]:
    """A mishap in the middle is told with what is left: the last good checkpoint, and how to go on from it."""
    try:
        yield
    except FabulaError as error:
        good = saved(folder.checkpoints)
        left = f"the last good checkpoint is {good[-1]}" if good else "nothing had been saved yet"
        room = f"; make room, then go on with: {folder.go_on}" if isinstance(error.__cause__, OSError) else ""
        raise FabulaError(f"{error}; {left}{room}") from error


def hold(lock: int, path: Path) -> None:
    """Lock an open file; the lock goes with the process, however it ends. FabulaError where another has it."""
    if fcntl is None:
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise FabulaError(f"{path}: another process is training in this folder; wait for it, or name another") from None


def check_free(folder: RunFolder, recipe: Recipe, *, resume: bool) -> None:
    """FabulaError where the folder holds a run, and `resume` is not asked for or the run is of another recipe."""
    held = [name for name in RUNS if (folder.path / name).exists()]
    if held and not resume:
        raise FabulaError(
            f"{folder.path}: this folder already holds a run ({', '.join(held)}); "
            "go on with it by --resume, or name another folder"
        )
    if held and folder.recipe.is_file():
        wrong = list(differences(recipes.load(folder.recipe), recipe))
        if wrong:
            more = f"; and {len(wrong) - NAMED} more" if len(wrong) > NAMED else ""
            raise FabulaError(
                f"{folder.path}: this run has another recipe: {'; '.join(wrong[:NAMED])}{more}; "
                "resume it with its own, or name another folder"
            )


def differences(old: Any, new: Any, path: str = "") -> Iterator[str]:
    """What differs between two recipes, as `train.steps is 500 there and 600 here`; of another kind nothing more."""
    if old == new:
        return
    here, there = _parts(new), _parts(old)
    if here is None or there is None or here.get("kind") != there.get("kind"):
        yield f"{path} is {_shown(old)} there and {_shown(new)} here"
        return
    for name in dict.fromkeys([*there, *here]):
        yield from differences(there.get(name), here.get(name), join(path, name))


def _parts(value: Any) -> Mapping[str, Any] | None:
    if dataclasses.is_dataclass(value):
        names = (f.name for f in dataclasses.fields(value) if f.compare)
        return {name: getattr(value, name) for name in names}
    return value if isinstance(value, Mapping) else None


def _shown(value: Any) -> str:
    return "absent" if value is None else short(getattr(value, "kind", value))
