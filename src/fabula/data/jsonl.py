"""Stories from JSON lines: `jsonl:PATH`, a file or a folder with train, validation and test files."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fabula import files
from fabula.data.columns import Columns, Place, find_columns, story_of
from fabula.data.digests import combined, content_digest
from fabula.data.pictures import path_of
from fabula.data.shards import find_shards, ordered
from fabula.data.source import ALL, READING, Source
from fabula.errors import FabulaError
from fabula.story import Size, Story

if TYPE_CHECKING:
    from fabula.recipe import Data

SUFFIXES = (".jsonl", ".ndjson")


class LinesSource(Source):
    """A JSON object a line; pictures as paths beside the file, data URIs or base64."""

    def __init__(self, path: Path, data: Data | None = None, *, name: str = ""):
        self.name = name or f"jsonl:{path}"
        self.path, self.data = path, data
        shards = find_shards(path, SUFFIXES, self.name)
        self.files = shards.splits
        self.splits = ordered(self.files)
        if shards.left_out:
            self.notes = (f"left out, no split in its name: {', '.join(file.name for file in shards.left_out)}",)
        _ = self.columns

    @cached_property
    def columns(self) -> Columns:
        """Of the first row; rows may leave out what they do not have."""
        file = next(iter(self.files.values()))[0]
        for _, row in _rows(file):
            return find_columns(list(row), f"{file}:1", self.data)
        raise FabulaError(f"{file}: no story in it; expected a JSON object a line")

    def _stories(self, split: str, size: Size | None, places: Container[int] | None) -> Iterator[Story]:
        for place, (file, line, row) in enumerate(self._all(split)):
            if places is None or place in places:
                columns = find_columns(list(row), f"{file}:{line}", self.data)
                yield story_of(row, columns, Place(f"{file}:{line}", self._name(split, place), file.parent))

    def _name(self, split: str, place: int) -> str:
        return f"{place:06d}" if split == ALL else f"{split}-{place:06d}"

    def _all(self, split: str) -> Iterator[tuple[Path, int, Mapping[str, Any]]]:
        return ((file, line, row) for file in self.files[split] for line, row in _rows(file))

    def _count(self, split: str) -> int:
        return sum(1 for _ in self._all(split))

    def _ids(self, split: str) -> list[str]:
        column = self.columns.id
        names = [row.get(column) if column else None for _, _, row in self._all(split)]
        return [self._name(split, place) if name in (None, "") else str(name) for place, name in enumerate(names)]

    def _digest(self, split: str) -> str:
        column = self.columns.frames
        pictures = (
            path_of(value, file.parent)
            for file, _, row in self._all(split)
            for value in (row.get(column) or () if column else ())
        )
        found = [path for path in pictures if path]
        return combined(READING, content_digest([*self.files[split], *found]), self.columns)


def _rows(file: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Line numbers and objects, one at a time. Errors: FabulaError with file and line."""
    with files.said("read", file), file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield number, _row(line, f"{file}:{number}")


def _row(line: bytes, where: str) -> Mapping[str, Any]:
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise FabulaError(f"{where}: byte {error.start} is not UTF-8 text; save the file as UTF-8") from error
    except (json.JSONDecodeError, RecursionError) as error:
        raise FabulaError(f"{where}: not JSON: {error}") from error
    if not isinstance(row, dict):
        raise FabulaError(f"{where}: {type(row).__name__}; expected an object, a story a line")
    return row
