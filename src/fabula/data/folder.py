"""Stories from folders: `folder:PATH`, a folder a story, a folder of them, or one with train/validation/test folders.

A story's folder holds numbered pictures (`1.png`, `page-02.jpg`) with captions beside them (`1.txt`, `page-02.txt`),
or a `story.json`: an object with the columns of a row, or with `frames` as objects of `picture` and `caption`.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fabula import files
from fabula.data.columns import find_columns
from fabula.data.digests import combined, content_digest
from fabula.data.pictures import SUFFIXES, path_of, read_picture
from fabula.data.rows import Place, caption_of, story_of
from fabula.data.shards import ordered, split_name
from fabula.data.source import ALL, READING, Source, tried
from fabula.data.splits import natural
from fabula.errors import FabulaError
from fabula.markup import Repairs
from fabula.story import Frame, Size, Story

if TYPE_CHECKING:
    from fabula.recipe import Data

STORY = "story.json"
PICTURE_KEYS, CAPTION_KEYS = ("picture", "image", "path", "file"), ("caption", "text")
_EXPECTED = f"numbered pictures with .txt files beside them, or a {STORY}"


class FolderSource(Source):
    """A folder a story; its id is its path within the source."""

    def __init__(self, path: Path, data: Data | None = None, *, name: str = ""):
        self.name = name or f"folder:{path}"
        self.path, self.data = path, data
        if not path.is_dir():
            raise FabulaError(f"{self.name}: a file; expected a folder with {_EXPECTED}")
        self.splits = ordered(self.folders)
        if left_out := [] if ALL in self.splits else [each.name for each in _stories_in(path)]:
            self.notes = (f"left out, stories beside the splits: {', '.join(left_out)}",)

    @cached_property
    def folders(self) -> dict[str, list[Path]]:
        """The folders of the stories of each split, in natural order."""
        if _is_story(self.path):
            return {ALL: [self.path]}
        named = {folder: split_name(folder.name) for folder in _folders(self.path)}
        splits = {split: folder for folder, split in named.items() if split and not _is_story(folder)}
        held = {split: _stories_in(folder) for split, folder in splits.items()} or {ALL: _stories_in(self.path)}
        if not any(held.values()):
            raise FabulaError(f"{self.name}: no story in it; expected folders with {_EXPECTED}")
        return {split: folders for split, folders in held.items() if folders}

    def _stories(self, split: str, size: Size | None, places: Container[int] | None) -> Iterator[Story | FabulaError]:
        for place, folder in enumerate(self.folders[split]):
            if places is None or place in places:
                yield tried(read_story, folder, self._id(folder), self.data)

    def _id(self, folder: Path) -> str:
        return folder.relative_to(self.path).as_posix() if folder != self.path else folder.resolve().name

    def _count(self, split: str) -> int:
        return len(self.folders[split])

    def _ids(self, split: str) -> list[str]:
        return [_own_id(folder) or self._id(folder) for folder in self.folders[split]]

    def _digest(self, split: str) -> str:
        held = [file for folder in self.folders[split] for file in _content(folder)]
        names = [file.relative_to(self.path).as_posix() for file in held if file.is_relative_to(self.path)]
        return combined(READING, content_digest(held), *names)


def _folders(path: Path) -> list[Path]:
    with files.said("read", path):
        found = [folder for folder in path.iterdir() if folder.is_dir() and not folder.name.startswith(".")]
    return sorted(found, key=lambda folder: natural(folder.name))


def _stories_in(path: Path) -> list[Path]:
    return [folder for folder in _folders(path) if _is_story(folder)]


def _is_story(folder: Path) -> bool:
    return (folder / STORY).is_file() or any(_number(file) is not None for file in _pictures(folder))


def _pictures(folder: Path) -> list[Path]:
    with files.said("read", folder):
        return sorted(file for file in folder.iterdir() if file.suffix.lower() in SUFFIXES and file.name[0] != ".")


def _number(file: Path, which: int = -1) -> int | None:
    """The last number in a file's name: of `page-02.jpg`, 2."""
    numbers = re.findall(r"[0-9]{1,9}", file.stem)
    return int(numbers[which]) if numbers else None


def read_story(folder: Path, name: str, data: Data | None = None) -> Story:
    """The story in one folder. Errors: FabulaError that names the file which cannot be read."""
    return _from_json(folder, name, data) if (folder / STORY).is_file() else _from_pictures(folder, name)


def _from_pictures(folder: Path, name: str) -> Story:
    repairs = Repairs()
    found = _pictures(folder)
    for file in found:
        if _number(file) is None:
            repairs.note("picture dropped: no number in its name", file.name)
    kept = _in_order([file for file in found if _number(file) is not None])
    frames = tuple(_frame(file, place, repairs) for place, file in enumerate(kept, start=1))
    for text in sorted(folder.glob("*.txt")):
        if _number(text) is not None and text.stem not in {file.stem for file in kept}:
            repairs.note("text file dropped: no picture of its name", text.name)
    return Story(name, frames, repairs=tuple(repairs))


def _in_order(files: list[Path]) -> list[Path]:
    """By the last number in each name, or by the first where the last are not all different: `3_v2.png`."""
    which = next((which for which in (-1, 0) if len({_number(file, which) for file in files}) == len(files)), -1)
    numbered: dict[int | None, Path] = {}
    for file in files:
        first = numbered.setdefault(_number(file, which), file)
        if first is not file:
            both = f"{first.name} and {file.name} are both number {_number(file, which)}"
            raise FabulaError(f"{file.parent}: {both}; rename one")
    return sorted(files, key=lambda file: _number(file, which) or 0)


def _frame(file: Path, place: int, repairs: Repairs) -> Frame:
    with files.said("read", file):
        picture = read_picture(file.read_bytes(), str(file), decode=True)
    beside = file.with_suffix(".txt")
    text = files.read_text(beside).removeprefix("\ufeff").strip() if beside.is_file() else None
    return Frame(picture, caption_of(text, place, str(beside), repairs), place)


def _from_json(folder: Path, name: str, data: Data | None) -> Story:
    file = folder / STORY
    row = _row(file)
    return story_of(row, find_columns(list(row), str(file), data), Place(str(file), name, folder))


def _row(file: Path) -> Mapping[str, Any]:
    """The object in a story.json; frames that are objects become the columns `frames`, `captions` and what they say."""
    row = files.read_json(file)
    row = {"frames": row} if isinstance(row, list) else row
    if not isinstance(row, dict):
        raise FabulaError(f"{file}: {type(row).__name__}; expected an object with frames and captions")
    frames = row.get("frames")
    if isinstance(frames, list) and frames and "captions" not in row and all(isinstance(each, dict) for each in frames):
        usual = {
            "frames": PICTURE_KEYS,
            "captions": CAPTION_KEYS,
            "descriptions": ("description",),
            "reason": ("reason",),
        }
        lists = {name: [_first_of(frame, keys) for frame in frames] for name, keys in usual.items()}
        always = ("frames", "captions")
        return {**row, **{name: held for name, held in lists.items() if name in always or any(held)}}
    return row


def _first_of(frame: Mapping[str, Any], keys: tuple[str, ...]) -> Any:
    return next((frame[key] for key in keys if key in frame), None)


def _own_id(folder: Path) -> str:
    row = _row(folder / STORY) if (folder / STORY).is_file() else {}
    return str(row.get("story_id") or row.get("id") or "")


def _content(folder: Path) -> list[Path]:
    """All files that decide what the story is."""
    held = [*_pictures(folder), *sorted(folder.glob("*.txt"))]
    if (folder / STORY).is_file():
        row = _row(folder / STORY)
        values = row.get("frames") or row.get("images")
        named = [path_of(value, folder) for value in values] if isinstance(values, list) else []
        held += [folder / STORY, *(path for path in named if path and path not in held)]
    return held
