"""Decode every picture of a split once, into a folder that `store` opens: written beside, then renamed.

frames.npy    uint8 (N, H, W, 3), all frames of all stories in order
stories.jsonl everything but the pixels, a story a line
captions.json the N captions alone
index.npz     counts (S,), lines (S + 1,) byte offsets, sizes (N, 2) of the pictures as they came, digests (N, 16)
meta.json     what it was made from
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from PIL import Image

from fabula import files, images
from fabula.data.progress import counted
from fabula.data.records import to_row
from fabula.data.source import Source
from fabula.errors import FabulaError
from fabula.recipe import Data
from fabula.story import Frame, Story

DIGEST = 16  # bytes of a picture's digest


class Decoded(NamedTuple):
    """One picture: what is kept of it."""

    pixels: np.ndarray  # uint8 (H, W, 3)
    size: tuple[int, int]  # height and width as it came; 0, 0 where it is absent
    digest: bytes  # of the pixels as they came; zeros where it is absent or of a single colour


@dataclass
class Index:
    """What is noted while stories are written."""

    ids: list[str] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=lambda: [0])
    captions: list[str] = field(default_factory=list)
    sizes: list[tuple[int, int]] = field(default_factory=list)
    digests: list[bytes] = field(default_factory=list)

    def save(self, path: Path) -> None:
        np.savez(
            path,
            counts=np.asarray(self.counts, np.int64),
            lines=np.asarray(self.lines, np.int64),
            sizes=np.asarray(self.sizes, np.int32).reshape(-1, 2),
            digests=np.frombuffer(b"".join(self.digests), np.uint8).reshape(-1, DIGEST),
        )


def decode_split(source: Source, split: str, data: Data, folder: Path, about: dict[str, Any]) -> None:
    """Write the store of one split; memory holds one story at a time."""
    began = time.monotonic()
    with files.new_folder(folder) as draft:
        index = _write_stories(source, split, data, draft)
        index.save(draft / "index.npz")
        (draft / "captions.json").write_text(json.dumps(index.captions), encoding="utf-8")
        seconds = round(time.monotonic() - began, 2)
        meta = about | {"stories": len(index.ids), "frames": len(index.captions), "seconds": seconds, "ids": index.ids}
        (draft / "meta.json").write_text(json.dumps(meta, indent=1), encoding="utf-8")


def _write_stories(source: Source, split: str, data: Data, draft: Path) -> Index:
    index = Index()
    stories = source.stories(split, data.picture_size)
    with (
        _growing_array(draft / "frames.npy", data.picture_size) as frames,
        (draft / "stories.jsonl").open("wb") as lines,
        ThreadPoolExecutor(os.cpu_count() or 1) as pool,
    ):
        for story in counted(stories, f"decoding {source.name} {split}", source.count(split)):
            pictures = pool.map(lambda each: _decode(each, data), story.frames)
            _write_story(story, _named(pictures, story, source.name), index, frames, lines)
    return index


def _write_story(story: Story, pictures: Iterator[Decoded], index: Index, frames: IO[bytes], lines: IO[bytes]) -> None:
    for frame, picture in zip(story.frames, pictures, strict=True):
        frames.write(picture.pixels.tobytes())
        index.captions.append(frame.caption)
        index.sizes.append(picture.size)
        index.digests.append(picture.digest)
    lines.write(json.dumps(to_row(story)).encode() + b"\n")
    index.lines.append(lines.tell())
    index.ids.append(story.id)
    index.counts.append(len(story.frames))


def _decode(frame: Frame, data: Data) -> Decoded:
    if frame.picture is None:
        return Decoded(images.prepare(None, data.picture_size), (0, 0), bytes(DIGEST))
    rgb = images.to_rgb(frame.picture)
    pixels = images.prepare(rgb, data.picture_size, data.fit, data.equalise)
    return Decoded(pixels, (rgb.height, rgb.width), picture_digest(rgb))


def picture_digest(rgb: Image.Image) -> bytes:
    """Equal for equal pixels and size, whatever the file they came in; zeros for a picture of a single colour."""
    if len(rgb.getcolors(1) or ()) == 1:
        return bytes(DIGEST)
    return hashlib.blake2b(b"%d %d " % rgb.size + rgb.tobytes(), digest_size=DIGEST).digest()


def _named(pictures: Iterator[Decoded], story: Story, source: str) -> Iterator[Decoded]:
    """The same pictures; an error says whose picture it was."""
    for frame in range(len(story.frames)):
        try:
            yield next(pictures)
        except FabulaError as error:
            raise FabulaError(f"{source}: story {story.id!r}, frame {frame + 1}: {error}") from error


@contextmanager
def _growing_array(path: Path, size: tuple[int, int]) -> Iterator[IO[bytes]]:
    """A file to append uint8 (H, W, 3) pictures to, that is an .npy file in the end."""
    with path.open("wb") as file:
        _header(file, (0, *size, 3))
        start = file.tell()
        yield file
        number = (file.tell() - start) // (size[0] * size[1] * 3)
        file.seek(0)
        _header(file, (number, *size, 3))
        assert file.tell() == start  # numpy leaves room for the first axis to grow


def _header(file: IO[bytes], shape: tuple[int, ...]) -> None:
    about = {"descr": "|u1", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, about)


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """One process at a time; another waits here. Where the system knows no such locks, nobody waits."""
    with files.said("write", lock):
        lock.parent.mkdir(parents=True, exist_ok=True)
        file = lock.open("a")
    with file:
        try:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        except (ImportError, OSError):
            pass
        yield
