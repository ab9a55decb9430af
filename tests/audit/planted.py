"""Small data sets of world stories in which every leak and fault stands where the test has put it."""

import io
import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image, ImageEnhance, ImageOps

from fabula.story import Size, Story
from fabula.world import make_story

SIZE = Size(60, 125)


@cache
def story(split: str, index: int) -> Story:
    return make_story(split, 0, index, SIZE)


def jpeg(picture: Image.Image, quality: int = 60) -> Image.Image:
    held = io.BytesIO()
    picture.save(held, "JPEG", quality=quality)
    return Image.open(io.BytesIO(held.getvalue())).convert("RGB")


def resized(picture: Image.Image) -> Image.Image:
    return picture.resize((picture.width * 3 // 5, picture.height // 2), Image.Resampling.BICUBIC)


def brightened(picture: Image.Image) -> Image.Image:
    return ImageEnhance.Brightness(picture).enhance(1.08)


def mirrored(picture: Image.Image) -> Image.Image:
    return jpeg(ImageOps.mirror(picture))


CHANGES = {"jpeg": jpeg, "resized": resized, "brightened": brightened}


def with_frame(told: Story, number: int, **changes) -> Story:
    """The story with its frame `number` (from 0) changed."""
    frames = list(told.frames)
    frames[number] = replace(frames[number], **changes)
    return replace(told, frames=tuple(frames))


def png(picture: Image.Image) -> bytes:
    held = io.BytesIO()
    picture.save(held, "PNG", compress_level=1)
    return held.getvalue()


def write(folder: Path, **splits: list[Story]) -> str:
    """A parquet file for each split, in the plain schema; a frame's picture may be raw bytes, or absent."""
    folder.mkdir(parents=True, exist_ok=True)
    for split, stories in splits.items():
        rows = [
            {
                "story_id": each.id,
                "title": each.title,
                "frames": [_cell(frame.picture) for frame in each.frames],
                "captions": [frame.caption for frame in each.frames],
            }
            for each in stories
        ]
        pq.write_table(pa.Table.from_pylist(rows), folder / f"{split}.parquet")
    return f"parquet:{folder}"


def _cell(picture) -> dict | None:
    if picture is None:
        return None
    return {"bytes": picture if isinstance(picture, bytes) else png(picture), "path": None}


def write_folders(folder: Path, **splits: list[Story]) -> str:
    """A folder for each split, in it one for each story: numbered pictures with texts beside them."""
    for split, stories in splits.items():
        for each in stories:
            place = folder / split / each.id
            place.mkdir(parents=True)
            for number, frame in enumerate(each.frames, start=1):
                (place / f"{number}.png").write_bytes(png(frame.picture))
                (place / f"{number}.txt").write_text(frame.caption, encoding="utf-8")
    return f"folder:{folder}"


def audited(capsys, *arguments: object) -> tuple[int, dict]:
    """The exit code, and the findings with a count by name and splits."""
    from fabula.cli import main

    code = main(["audit", *map(str, arguments), "--json"])
    told = json.loads(capsys.readouterr().out)
    return code, {(each["name"], *each["splits"]): each for each in told["findings"] if each["count"]}
