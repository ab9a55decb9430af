"""Stories from parquet files: `parquet:PATH`, a file or a folder with train, validation and test files."""

from __future__ import annotations

import itertools
from collections.abc import Container, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from fabula.data.columns import Columns, find_columns, text_in
from fabula.data.digests import combined, content_digest
from fabula.data.rows import Place, story_of
from fabula.data.shards import ShardedSource
from fabula.data.source import ALL, READING, tried
from fabula.errors import FabulaError
from fabula.story import Size, Story

if TYPE_CHECKING:
    from fabula.recipe import Data

BATCH = 8  # rows read at once


class ParquetSource(ShardedSource):
    """Rows of parquet files, streamed batch by batch; pictures stay encoded until they are used."""

    def __init__(self, path: Path, data: Data | None = None, *, name: str = "", source: str = "", licence: str = ""):
        super().__init__(path, data, name or f"parquet:{path}", (".parquet",))
        self.source, self.licence = source, licence
        _ = self.columns

    @cached_property
    def columns(self) -> Columns:
        """Found in the first file; every other file must have them too."""
        columns = [self._columns(file) for files in self.files.values() for file in files]
        return columns[0]

    def _columns(self, file: Path) -> Columns:
        with reading(file):
            return find_columns(pq.read_schema(file).names, str(file), self.data)

    def _stories(self, split: str, size: Size | None, places: Container[int] | None) -> Iterator[Story | FabulaError]:
        first = 0
        for file in self.files[split]:
            with reading(file):
                table = pq.ParquetFile(file)
            yield from self._rows(table, file, split, first, places)
            first += table.metadata.num_rows

    def _rows(
        self, table: pq.ParquetFile, file: Path, split: str, first: int, places: Container[int] | None
    ) -> Iterator[Story | FabulaError]:
        columns = self._columns(file)
        names = [name for name in dict.fromkeys(vars(columns).values()) if name]
        number = 0
        for group in range(table.num_row_groups):
            rows = table.metadata.row_group(group).num_rows
            if places is not None and not any(first + number + row in places for row in range(rows)):
                number += rows
                continue
            for batch in _batches(table, file, group, names):
                for row in range(batch.num_rows):
                    if places is None or first + number in places:
                        (values,) = batch.slice(row, 1).to_pylist()
                        yield tried(story_of, values, columns, self._place(file, split, number, first + number))
                    number += 1

    def _place(self, file: Path, split: str, row: int, place: int) -> Place:
        name = f"{place:06d}" if split == ALL else f"{split}-{place:06d}"
        return Place(f"{file}, row {row + 1}", name, file.parent, self.source, self.licence)

    def _count(self, split: str) -> int:
        return sum(_metadata(file).num_rows for file in self.files[split])

    def _ids(self, split: str) -> list[str]:
        values = (value for file in self.files[split] for value in self._named(file))
        places = (self._place(self.path, split, place, place).id for place in itertools.count())
        return [value or name for value, name in zip(values, places, strict=False)]

    def _named(self, file: Path) -> list[str]:
        column = self._columns(file).id
        with reading(file):
            held = pq.read_table(file, columns=[column]) if column else None
            rows = held.to_pylist() if held else [{}] * pq.read_metadata(file).num_rows
        return [text_in(row, column) for row in rows]

    def _digest(self, split: str) -> str:
        return combined(READING, content_digest(self.files[split]), self.columns)


def _metadata(file: Path) -> pq.FileMetaData:
    with reading(file):
        return pq.read_metadata(file)


def _batches(table: pq.ParquetFile, file: Path, group: int, names: list[str]) -> Iterator[pa.RecordBatch]:
    batches = table.iter_batches(BATCH, row_groups=[group], columns=names)
    while True:
        with reading(file):
            batch = next(batches, None)
        if batch is None:
            return
        yield batch


@contextmanager
def reading(file: Path) -> Iterator[None]:
    """What Arrow cannot read, in one line."""
    try:
        yield
    except FabulaError:
        raise
    except (pa.ArrowException, OSError) as error:
        told = str(error).split("\n")[0][:150]
        raise FabulaError(f"{file}: not a parquet file that can be read ({told}); copy it again") from error
