"""windows.parquet: one row per window and teller, written as the evaluation goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from fabula.data.corpus import Split
from fabula.evaluate.asking import Chunk
from fabula.metrics import MEASURES
from fabula.metrics.scores import KEPT
from fabula.metrics.told import Column

SCORES = (*(name for name, m in MEASURES.items() if m.reads and m.by_window), *KEPT)
SCHEMA = pa.schema(
    [
        ("window", pa.int64()),  # its number in the split
        ("story_id", pa.string()),
        ("start", pa.int64()),  # the first context frame, from 0
        ("number", pa.int64()),  # the target's place in the story, from 1
        ("teller", pa.string()),
        ("kind", pa.string()),
        ("truth", pa.string()),  # the true caption
        ("caption", pa.string()),  # the told one, null where the teller does not write
        *((name, pa.float64()) for name in SCORES),  # null where the teller has no such score
    ]
)


class Rows:
    """A file to add tables to; `with` closes it."""

    def __init__(self, path: Path):
        self.writer = pq.ParquetWriter(path, SCHEMA, compression="zstd")

    def __enter__(self) -> Rows:
        return self

    def __exit__(self, *error: object) -> None:
        self.writer.close()

    def add(self, table: pa.Table) -> None:
        self.writer.write_table(table)


def rows_of(
    split: Split, teller: str, kind: str, chunk: Chunk, captions: Sequence[str] | None, scores: Mapping[str, Column]
) -> pa.Table:
    """What one teller said of a chunk, a row a window."""
    count = len(chunk.numbers)
    starts = [split.windows[int(number)].start for number in chunk.numbers]
    known: dict[str, Any] = {
        "window": chunk.numbers,
        "story_id": [split.store.ids[story] for story in chunk.stories],
        "start": starts,
        "number": [start + split.windows.context + 1 for start in starts],
        "teller": [teller] * count,
        "kind": [kind] * count,
        "truth": [_writable(caption) for caption in chunk.captions],
        "caption": [_writable(caption) for caption in captions] if captions is not None else [None] * count,
    }
    scored = {name: _column(scores.get(name), count) for name in SCORES}
    return pa.table({**known, **scored}, schema=SCHEMA)


def _column(scores: Column | None, count: int) -> pa.Array:
    """Null where there is no finite number."""
    values = np.full(count, np.nan) if scores is None else scores
    return pa.array(values, pa.float64(), mask=~np.isfinite(values))


def _writable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
