"""Stories from JSON lines: `jsonl:PATH`, a file or a folder with train, validation and test files."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fabula import files
from fabula.data.columns import Columns, find_columns, text_in
from fabula.data.digests import combined, content_digest
from fabula.data.pictures import path_of
from fabula.data.rows import Place, story_of
from fabula.data.shards import ShardedSource
from fabula.data.source import ALL, READING, tried
from fabula.errors import FabulaError
from fabula.story import Size, Story

if TYPE_CHECKING:
    from fabula.recipe import Data

SUFFIXES = (".jsonl", ".ndjson")


class LinesSource(ShardedSource):
    """A JSON object a line; pictures as paths beside the file, data URIs or base64."""

    def __init__(self, path: Path, data: Data | None = None, *, name: str = ""):
        super().__init__(path, data, name or f"jsonl:{path}", SUFFIXES)
        _ = self.columns

    @cached_property
    def columns(self) -> Columns:
        """Of the first row; rows may leave out what they do not have."""
        file = next(iter(self.files.values()))[0]
        for _, row in numbered_rows(file):
            return find_columns(list(row), f"{file}:1", self.data)
        raise FabulaError(f"{file}: no story in it; expected a JSON object a line")

    def _stories(self, split: str, size: Size | None, places: Container[int] | None) -> Iterator[Story | FabulaError]:
        for place, (file, line, row) in enumerate(self._all(split)):
            if places is None or place in places:
                yield tried(self._story, row, Place(f"{file}:{line}", self._name(split, place), file.parent))

    def _story(self, row: Mapping[str, Any], place: Place) -> Story:
        return story_of(row, self._columns(row, place.where), place)

    def _columns(self, row: Mapping[str, Any], where: str) -> Columns:
        return find_columns(list(row), where, self.data)

    def _name(self, split: str, place: int) -> str:
        return f"{place:06d}" if split == ALL else f"{split}-{place:06d}"

    def _all(self, split: str) -> Iterator[tuple[Path, int, Mapping[str, Any]]]:
        return ((file, line, row) for file in self.files[split] for line, row in numbered_rows(file))

    def _count(self, split: str) -> int:
        return sum(1 for _ in self._all(split))

    def _ids(self, split: str) -> list[str]:
        rows = ((row, self._columns(row, f"{file}:{line}")) for file, line, row in self._all(split))
        named = (text_in(row, columns.id) for row, columns in rows)
        return [name or self._name(split, place) for place, name in enumerate(named)]

    def _digest(self, split: str) -> str:
        found: list[Path] = []
        for file, line, row in self._all(split):
            column = self._columns(row, f"{file}:{line}").frames
            values = row.get(column) if column else ()
            paths = [path_of(value, file.parent) for value in values] if isinstance(values, list) else []
            found += [path for path in paths if path]
        return combined(READING, content_digest([*self.files[split], *found]), self.columns)


def numbered_rows(file: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
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
