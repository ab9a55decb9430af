"""A whole study on one page."""

from __future__ import annotations

import dataclasses
import os
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fabula import files, yamls
from fabula.errors import FabulaError
from fabula.journal.folder import hold
from fabula.journal.stopping import Stopped
from fabula.shelf import absent, find, names_in, plans
from fabula.study import page
from fabula.study.arms import subjects_of
from fabula.study.layout import StudyFolder
from fabula.study.plan import read_plan
from fabula.study.progress import Bar
from fabula.study.results import study_values
from fabula.study.show import markdown
from fabula.study.table import tables_of
from fabula.study.tasks import Work, tasks_of
from fabula.study.working import work_off


def run_study(
    path: Path, run: Path, *, data: tuple[str, ...] = (), jobs: int = 1, resume: bool = False
) -> dict[str, Any]:
    """Do what a plan says in the folder `run`; gives what stands in its `study.json`.

    FabulaError for a person's mistakes, before anything runs; Stopped when someone asked it to stop.
    """
    file, folder = plan_file(path), StudyFolder(run)
    plan, tree = read_plan(file, data)
    work = Work(plan, subjects_of(plan, tree, file.parent), folder)
    with _claimed(folder, resume=resume):
        files.write_text(folder.plan, yamls.written(plain(plan)))
        tasks = tasks_of(work)
        try:
            with Bar(plan.name, len(tasks)) as bar:
                failed = work_off(tasks, folder, jobs, bar)
        except Stopped as stop:
            raise Stopped(f"the study stopped; go on with: {_go_on(path, run, data)}") from stop
        return _write(work, failed)


def plan_file(path: Path) -> Path:
    """The file of a plan: a path, or the name of a shipped one, such as `ablations/gate`."""
    try:
        return find(path)
    except FabulaError:
        raise FabulaError(f"plan: {absent(str(path), [*names_in(path.parent), *plans()])}") from None


@contextmanager
def _claimed(folder: StudyFolder, *, resume: bool) -> Iterator[None]:
    """A new folder, or one that holds a study and is asked to go on; locked, so that one process works in it."""
    _check_free(folder, resume=resume)
    with files.said("write", folder.path):
        folder.path.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder.path / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        hold(lock, folder.path)
        yield
    finally:
        os.close(lock)


def _check_free(folder: StudyFolder, *, resume: bool) -> None:
    path, there = folder.path, folder.plan.is_file()
    if there and not resume:
        raise FabulaError(f"{path}: this folder already holds a study; go on with it by --resume, or name another")
    foreign = path.exists() and (not path.is_dir() or any(entry.name != ".lock" for entry in path.iterdir()))
    if foreign and not there:
        raise FabulaError(f"{path} holds something that is no study; name another folder")


def plain(value: Any) -> Any:
    """A plan as YAML holds it; what is not set is left out."""
    if dataclasses.is_dataclass(value):
        value = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {name: plain(part) for name, part in value.items() if part not in (None, (), {}, "")}
    return [plain(part) for part in value] if isinstance(value, tuple) else value


def _go_on(path: Path, run: Path, data: tuple[str, ...]) -> str:
    words = ["fabula", "ablate", str(path), "--run", str(run), *(word for name in data for word in ("--data", name))]
    return shlex.join([*words, "--resume"])


def _write(work: Work, failed: Mapping[str, str]) -> dict[str, Any]:
    values = study_values(work, failed)
    files.write_json(work.folder.values, values)
    files.write_text(work.folder.table, markdown(values, tables_of(values)))
    page.write(work, values)
    return values
