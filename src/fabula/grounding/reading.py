"""Told boxes from a file: JSON lines of boxes, or a column of a model's own `chain_of_thought`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from fabula.data.columns import text_in
from fabula.data.jsonl import numbered_rows
from fabula.data.parquet import reading
from fabula.errors import FabulaError, unknown
from fabula.grounding.claims import Claim, ToldStory, claims_of
from fabula.grounding.coordinates import scaled
from fabula.markup import Repairs, clean
from fabula.markup.thoughts import read_thoughts
from fabula.schema import short
from fabula.story import Size

COLUMN = "chain_of_thought"
NAMES = ("story_id", "id")
LARGER = 10_000
_SHARE = r"(?:0?\.[0-9]+|1\.0*|[01])"
_UNIT = re.compile(rf"(?<![0-9.])(?=[0-9., ]*\.){_SHARE}(?:\s*,\s*{_SHARE}){{3}}(?![0-9.])")  # a box of shares, 0 to 1
_IMAGE = re.compile(r"image\s*#?\s*0*([0-9]{1,3})(?![0-9])", re.IGNORECASE)


def read_told(file: Path, column: str | None = None) -> list[ToldStory]:
    """The stories of a `.parquet` or a JSON lines file, one a row.

    A row holds `story_id`, and either `images` with boxes (see `claims_of`) or, in `column`, the text that a model
    wrote in StoryReasoning's tables, which has no scores. Errors: FabulaError with file and line for what is neither,
    for a story told twice, and where only some boxes have a score.
    """
    if not file.is_file():
        raise FabulaError(f"{file}: no such file; give the predictions as .jsonl or .parquet")
    told = [_story(row, where, column) for where, row in _rows(file, column)]
    if not told:
        raise FabulaError(f"{file}: no story in it; expected one a line")
    _check_once(told)
    _check_scores(told)
    return told


def _rows(file: Path, column: str | None) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if file.suffix.lower() != ".parquet":
        yield from ((f"{file}:{line}", row) for line, row in numbered_rows(file))
        return
    with reading(file):
        names = pq.read_schema(file).names
        if (column or COLUMN) not in names:
            raise FabulaError(f"{file}: no column of tables: {unknown(column or COLUMN, names)}; name one in --column")
        rows = pq.read_table(file, columns=[name for name in (*NAMES, column or COLUMN) if name in names]).to_pylist()
    yield from ((f"{file}, row {place}", row) for place, row in enumerate(rows, start=1))


def _story(row: Mapping[str, Any], where: str, column: str | None) -> ToldStory:
    name = text_in(row, next((name for name in NAMES if name in row), NAMES[0]))
    if not name:
        raise FabulaError(f"{where}: no story_id; say whose boxes these are")
    if (column or COLUMN) in row:
        return _from_text(row[column or COLUMN], where, name)
    if column or "images" not in row:
        raise FabulaError(f"{where}: {unknown(column or 'images', row)}; boxes stand in images, tables in {COLUMN}")
    return ToldStory(where, name, tuple(claims_of(row["images"], where)))


def _from_text(text: Any, where: str, name: str) -> ToldStory:
    """Boxes from the tables that a model wrote; what it wrote wrongly is no mistake of ours, and is counted."""
    if not isinstance(text, str):
        raise FabulaError(f"{where}: expected a text with tables, got {short(text)}")
    text = clean(text)[0]
    larger, magnified = _UNIT.subn(_magnified, text)
    if magnified:  # a table's boxes are whole pixels, which shares of a picture would round to nothing
        story = _from_tables(larger, where, name)
        if len(story.claims) <= magnified:
            square = Size(LARGER, LARGER)
            small = (each._replace(box=scaled(each.box, Size(1, 1), square)) for each in story.claims)
            return story._replace(claims=tuple(small))
    return _from_tables(text, where, name)


def _magnified(match: re.Match[str]) -> str:
    return ",".join(str(round(float(share) * LARGER)) for share in match[0].split(","))


def _from_tables(text: str, where: str, name: str) -> ToldStory:
    repairs = Repairs()
    count = max((int(match[1]) for match in _IMAGE.finditer(text)), default=0)
    tables = read_thoughts(text, [None] * count, repairs).tables
    boxes = [(image, each) for image, table in enumerate(tables, start=1) for each in table.entities.values()]
    claims = [Claim(image, each.id, each.box) for image, each in boxes if each.box]
    return ToldStory(where, name, tuple(claims), tuple(repairs))


def _check_once(told: list[ToldStory]) -> None:
    seen: dict[str, str] = {}
    for story in told:
        if story.id in seen:
            raise FabulaError(f"{story.where}: story {story.id!r} is told twice, first at {seen[story.id]}")
        seen[story.id] = story.where


def _check_scores(told: list[ToldStory]) -> None:
    """All boxes have a score or none has: a ranking of some would be no ranking."""
    if not any(claim.score is not None for story in told for claim in story.claims):
        return
    for story in told:
        for claim in story.claims:
            if claim.score is None:
                here = f"{story.where}: image {claim.image}, {claim.id}"
                raise FabulaError(f"{here}: no score, where other boxes have one; give it to all or to none")
