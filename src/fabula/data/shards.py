"""Which files of a folder are which split: `train.parquet`, `test-00001-of-00002.parquet`, `validation/a.jsonl`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fabula import files
from fabula.data.source import ALL, SPLITS, Source
from fabula.errors import FabulaError

if TYPE_CHECKING:
    from fabula.recipe import Data

ALIASES = {"training": "train", "valid": "validation", "val": "validation", "dev": "validation", "testing": "test"}
_WORD = re.compile(r"[a-z]+")
_SHARD = re.compile(r"(.*)-([0-9]+)-of-([0-9]+)")


class Shards(NamedTuple):
    """The files of each split, in order, and those that are none."""

    splits: dict[str, list[Path]]
    left_out: list[Path]

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know of them."""
        names = ", ".join(file.name for file in self.left_out)
        return (f"left out, no split in its name: {names}",) if names else ()


class ShardedSource(Source):
    """A source whose splits are files of rows."""

    def __init__(self, path: Path, data: Data | None, name: str, suffixes: tuple[str, ...]):
        self.name, self.path, self.data = name, path, data
        shards = find_shards(path, suffixes, name)
        self.files = shards.splits
        self.splits = ordered(self.files)
        self.notes = shards.notes


def find_shards(path: Path, suffixes: tuple[str, ...], where: str) -> Shards:
    """The files of a folder by split; a file alone, or a folder without names of splits, is the one split `all`."""
    if path.is_file():
        return Shards({ALL: [path]}, [])
    found = [file for file in _files(path) if file.suffix.lower() in suffixes]
    if not found:
        raise FabulaError(f"{where}: no file {' or '.join('*' + suffix for suffix in suffixes)} in {path}")
    named = {file: split_in(file.relative_to(path)) for file in found}
    splits = {split: [file for file in found if named[file] == split] for split in SPLITS}
    splits = {split: held for split, held in splits.items() if held} or {ALL: found}
    _check_whole(splits, where)
    _check_one_set(splits, path, where)
    return Shards(splits, [] if ALL in splits else [file for file in found if named[file] is None])


def _files(folder: Path) -> list[Path]:
    with files.said("read", folder):
        return sorted(
            file
            for file in folder.rglob("*")
            if file.is_file() and not any(part.startswith(".") for part in file.relative_to(folder).parts)
        )


def split_name(name: str) -> str | None:
    """`val` -> `validation`; None for what is no name of a split."""
    name = ALIASES.get(name.lower(), name.lower())
    return name if name in SPLITS else None


def split_in(path: Path) -> str | None:
    """The split that a file's name names, or else the nearest folder's."""
    for part in (path.stem, *reversed(path.parts[:-1])):
        for word in _WORD.findall(part.lower()):
            if split := split_name(word):
                return split
    return None


def _check_whole(splits: Mapping[str, list[Path]], where: str) -> None:
    for paths in splits.values():
        for match in filter(None, (_SHARD.fullmatch(path.stem) for path in paths)):
            held = [
                path for path in paths if path.stem.startswith(f"{match[1]}-") and path.stem.endswith(f"-{match[3]}")
            ]
            if len(held) != int(match[3]):
                raise FabulaError(
                    f"{where}: {len(held)} of the {int(match[3])} files {match[1]}-*-of-{match[3]} are there"
                )


def _check_one_set(splits: Mapping[str, list[Path]], root: Path, where: str) -> None:
    """Two data sets in one folder must not be read as one."""
    for paths in splits.values():
        sets = {_set(path.relative_to(root)) for path in paths}
        if len(sets) > 1:
            raise FabulaError(f"{where}: holds several data sets, in {', '.join(sorted(sets))}; name the folder of one")


def _set(path: Path) -> str:
    return "/".join(part for part in path.parts[:-1] if not split_name(part)) or "."


def ordered(splits: Iterable[str]) -> tuple[str, ...]:
    """Names of splits in their usual order."""
    return tuple(sorted(splits, key=lambda split: SPLITS.index(split) if split in SPLITS else len(SPLITS)))
