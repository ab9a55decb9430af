"""Stories as rows of StoryReasoning's schema; in columns more the reasons, the truth, title, licence and credit."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from fabula.files import new_file
from fabula.markup import print_story
from fabula.story import Story

ROWS = 64  # stories written at once
IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
FEATURES = {
    "story_id": {"dtype": "string", "_type": "Value"},
    "images": {"feature": {"_type": "Image"}, "_type": "List"},
    "frame_count": {"dtype": "int32", "_type": "Value"},
    "chain_of_thought": {"dtype": "string", "_type": "Value"},
    "story": {"dtype": "string", "_type": "Value"},
    "reason": {"feature": {"dtype": "string", "_type": "Value"}, "_type": "List"},
    "scenes": {"dtype": "string", "_type": "Value"},
    "title": {"dtype": "string", "_type": "Value"},
    "license": {"dtype": "string", "_type": "Value"},
    "attribution": {"dtype": "string", "_type": "Value"},
}
SCHEMA = pa.schema(
    [
        ("story_id", pa.string()),
        ("images", pa.list_(IMAGE)),
        ("frame_count", pa.int32()),
        ("chain_of_thought", pa.string()),
        ("story", pa.string()),
        ("reason", pa.list_(pa.string())),
        ("scenes", pa.string()),
        ("title", pa.string()),
        ("license", pa.string()),
        ("attribution", pa.string()),
    ],
    metadata={"huggingface": json.dumps({"info": {"features": FEATURES}})},
)


def row(story: Story) -> dict[str, Any]:
    """A story as one row: pictures as PNG, captions as markup, tables, reasons, and the scenes as JSON."""
    markup, thoughts = print_story(story.frames, story.phases)
    return {
        "story_id": story.id,
        "images": [{"bytes": _png(frame.picture), "path": f"{story.id}-{frame.number}.png"} for frame in story.frames],
        "frame_count": len(story.frames),
        "chain_of_thought": thoughts,
        "story": markup,
        "reason": [frame.reason for frame in story.frames],
        "scenes": json.dumps([frame.scene for frame in story.frames]),
        "title": story.title,
        "license": story.licence,
        "attribution": story.attribution,
    }


def write_table(path: Path, stories: Iterable[Story]) -> int:
    """Write all stories to a parquet file that is whole or not there; return how many."""
    count = 0
    with new_file(path) as draft, pq.ParquetWriter(draft, SCHEMA) as writer:
        for batch in _batches(stories):
            writer.write_table(pa.Table.from_pylist([row(story) for story in batch], schema=SCHEMA))
            count += len(batch)
    return count


def _batches(stories: Iterable[Story]) -> Iterator[list[Story]]:
    batch: list[Story] = []
    for story in stories:
        batch.append(story)
        if len(batch) == ROWS:
            yield batch
            batch = []
    if batch:
        yield batch


def _png(picture: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=3)
    return buffer.getvalue()
