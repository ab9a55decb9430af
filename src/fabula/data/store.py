"""The frame store: the pictures of a split, decoded once and mapped into memory, and its stories."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import PIL

from fabula import files
from fabula.data.decode import alone, decode_split
from fabula.data.open import open_source
from fabula.data.records import from_row
from fabula.data.source import Source
from fabula.data.windows import Window, Windows, windows
from fabula.images import to_picture
from fabula.recipe import Data
from fabula.story import Frame, Story

FORMAT = 1  # changes when what is written changes


class Stories(Sequence[Story]):
    """The stories of a store, without pictures; each is parsed when it is asked for."""

    def __init__(self, path: Path, lines: np.ndarray) -> None:
        self._path, self._lines = path, lines
        self._parsed = lru_cache(maxsize=512)(self._parse)

    def __len__(self) -> int:
        return len(self._lines) - 1

    def __getitem__(self, index):
        if isinstance(index, slice):
            return [self._parsed(each) for each in range(len(self))[index]]
        return self._parsed(range(len(self))[index])

    def _parse(self, index: int) -> Story:
        start, end = map(int, self._lines[index : index + 2])
        with self._path.open("rb") as file:
            file.seek(start)
            return from_row(json.loads(file.read(end - start)))


class Store:
    """One split, decoded. Frame i of story s is row `first[s] + i` of every array over frames."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.meta: dict[str, Any] = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        with np.load(folder / "index.npz", allow_pickle=False) as index:
            self.counts: np.ndarray = index["counts"]  # (S,) frames of each story
            self.sizes: np.ndarray = index["sizes"]  # (N, 2) height and width of the pictures as they came
            self.digests: np.ndarray = index["digests"]  # (N, 16) of the pixels as they came
            lines = index["lines"]
        self.pictures: np.ndarray = np.load(folder / "frames.npy", mmap_mode="r", allow_pickle=False)  # (N, H, W, 3)
        self.stories = Stories(folder / "stories.jsonl", lines)
        self.first: np.ndarray = self.counts.cumsum() - self.counts  # (S,)
        self.ids: list[str] = self.meta["ids"]

    @property
    def key(self) -> str:
        """Changes with everything that decides what stands in the store."""
        return self.meta["key"]

    @property
    def split(self) -> str:
        return self.meta["split"]

    @cached_property
    def captions(self) -> list[str]:
        """The captions of all N frames."""
        return json.loads((self.folder / "captions.json").read_text(encoding="utf-8"))

    def frame(self, story: int, number: int) -> Frame:
        """Frame `number` (from 0) of a story with its picture at the size of the store."""
        row = int(self.first[story]) + number
        told = self.stories[story].frames[number]
        picture = to_picture(self.pictures[row], equalised=self.meta["equalise"]) if self.sizes[row].any() else None
        return _with_picture(told, picture)

    def frames(self, story: int) -> list[Frame]:
        """All frames of a story with their pictures."""
        return [self.frame(story, number) for number in range(int(self.counts[story]))]

    def windows(self, context: int) -> Windows:
        return windows(self.counts, context)

    def rows(self, windows: Windows) -> np.ndarray:
        """(W, K + 1): the rows of each window's frames, the target last."""
        return self.first[windows.array[:, 0], None] + windows.array[:, 1:] + np.arange(windows.context + 1)

    def context(self, window: Window, context: int) -> list[Frame]:
        """The K frames that a storyteller may see."""
        return [self.frame(window.story, window.start + number) for number in range(context)]

    def target(self, window: Window, context: int) -> Frame:
        """The frame that it must tell."""
        return self.frame(window.story, window.start + context)


def _with_picture(frame: Frame, picture: Any) -> Frame:
    return Frame(**{**vars(frame), "picture": picture})


def open_store(data: Data, split: str, source: Source | None = None) -> Store:
    """The store of one split; decoded first, if nobody has done so with the same settings.

    Errors: FabulaError for an unknown source or split, a picture that cannot be read, a disk that is full.
    """
    source = source or open_source(data.source, data)
    about = _about(source, data, split)
    folder = _folder(about)
    found = _open(folder)
    if found is None:
        with alone(folder.with_name(f".{folder.name}.lock")):
            found = _open(folder) or _decoded(source, split, data, folder, about)
    return found


def find_store(data: Data, split: str, source: Source) -> Store | None:
    """The store of one split where it is decoded already with these settings, else None."""
    return _open(_folder(_about(source, data, split)))


def _folder(about: dict[str, Any]) -> Path:
    return files.cache_folder() / "stores" / f"{_slug(about['source'])}-{_slug(about['split'])}-{about['key'][:16]}"


def _decoded(source: Source, split: str, data: Data, folder: Path, about: dict[str, Any]) -> Store:
    for left in folder.parent.glob(f".{folder.name}.part-*"):  # of a process that was killed; we hold the lock
        shutil.rmtree(left, ignore_errors=True)
    decode_split(source, split, data, folder, about)
    return Store(folder)


def _open(folder: Path) -> Store | None:
    """None where there is no whole store."""
    try:
        return Store(folder)
    except (OSError, ValueError, KeyError):
        return None


def _about(source: Source, data: Data, split: str) -> dict[str, Any]:
    made = {
        "format": FORMAT,
        "source": source.name,
        "split": split,
        "digest": source.digest(split),
        "keys": [data.frames_key, data.captions_key, data.reason_key],
        "picture_size": str(data.picture_size),
        "fit": data.fit,
        "equalise": data.equalise,
        "decoder": f"pillow {PIL.__version__}",
    }
    return {"key": hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest(), **made}


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower().split("/")[-1]).strip("-")[:40] or "source"
