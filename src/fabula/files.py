"""Files that are whole or not there: written beside, then renamed. JSON and JSON lines both ways."""

from __future__ import annotations

import glob
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from fabula.errors import FabulaError


@contextmanager
def said(doing: str, path: Path) -> Iterator[None]:
    """Turn what the disk refuses (full, read-only, not there) into one line: `cannot write runs/a: disk full`."""
    try:
        yield
    except OSError as error:
        raise FabulaError(f"cannot {doing} {path}: {error.strerror or error}") from error


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """A draft folder beside `folder` that takes its name once all in it is written; what stood there is replaced."""
    draft = folder.with_name(f".{folder.name}.part-{os.getpid()}")
    with said("write", folder), _parents(folder):
        _sweep(folder)
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        try:
            yield draft
            _settle(draft)
            _replace(draft, folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def check_room(folder: Path) -> None:
    """Before long work: FabulaError where `folder` could not be written at its end. Nothing is left of the trial."""
    draft = folder.with_name(f".{folder.name}.part-{os.getpid()}")
    with said("write", folder), _parents(folder):
        draft.mkdir()
        draft.rmdir()


@contextmanager
def _parents(path: Path) -> Iterator[None]:
    """The folders above `path`; those that are made for it go again where nothing comes to stand in them."""
    made = [parent for parent in path.parents if not parent.exists()]
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield
    finally:
        with suppress(OSError):  # somebody else has put something there
            for parent in () if path.exists() else made:
                parent.rmdir()


def _replace(draft: Path, folder: Path) -> None:
    old = folder.with_name(f".{folder.name}.old-{os.getpid()}")
    if folder.exists():
        folder.rename(old)
    draft.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _sweep(folder: Path) -> None:
    """What a process that was killed left beside `folder`: its draft goes, what it had put aside comes back."""
    for left in folder.parent.glob(f".{glob.escape(folder.name)}.*-*"):
        part, _, process = left.name.removeprefix(f".{folder.name}.").partition("-")
        if part not in ("part", "old") or not process.isdigit() or _runs(int(process)):
            continue
        if part == "old" and not folder.exists():
            left.rename(folder)
        else:
            shutil.rmtree(left, ignore_errors=True)


def _runs(process: int) -> bool:
    """Whether a process of this number is alive; of another machine nobody knows, and its number is taken as ours."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _settle(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """A draft path beside `path` that takes its name once it is written."""
    draft = path.with_name(f".{path.name}.part-{os.getpid()}")
    with said("write", path), _parents(path):
        try:
            yield draft
            with draft.open("rb") as file:
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    with new_file(path) as draft:
        draft.write_text(text, encoding="utf-8")


def read_text(path: Path) -> str:
    with said("read", path):
        try:
            return path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise FabulaError(f"{path}: byte {error.start} is not UTF-8 text; save the file as UTF-8") from error


def write_json(path: Path, value: Any) -> None:
    write_text(path, json_text(value))


def json_text(value: Any) -> str:
    """As it stands in a file."""
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def read_json(path: Path) -> Any:
    try:
        return json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise FabulaError(f"{path}:{error.lineno}: not JSON: {error.msg}") from error


def write_lines(path: Path, rows: Iterable[Any]) -> None:
    """JSON lines: one value a line."""
    with new_file(path) as draft, draft.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def read_lines(path: Path) -> Iterator[Any]:
    """The values of a JSON lines file; an error names file and line."""
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if line.strip():
            try:
                yield json.loads(line)
            except json.JSONDecodeError as error:
                raise FabulaError(f"{path}:{number}: not JSON: {error.msg}") from error


def digest(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with said("read", path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def cache_folder() -> Path:
    """Where decoded frames are kept: `FABULA_CACHE`, else `~/.cache/fabula`."""
    return Path(os.environ.get("FABULA_CACHE") or Path.home() / ".cache" / "fabula")
