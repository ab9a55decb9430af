"""The small pictures that an evaluation kept of its windows, as many as a page can hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path

from PIL import Image

from fabula import files
from fabula.errors import FabulaError

HEAVIEST = 4 << 20  # bytes of all tiles of a page; of more, some at even distances are shown


@dataclass(frozen=True)
class Tiles:
    """`pictures` are WebP files by the numbers of their windows, all of one size in pixels."""

    pictures: Mapping[int, bytes]
    width: int
    height: int
    given: int  # frames of the context above; 0 where nothing was given
    told: tuple[str, ...]  # whose pictures stand beside the true one, from left to right

    def of(self, windows: Iterable[int]) -> Tiles:
        """Those of these windows alone."""
        return replace(self, pictures={number: self.pictures[number] for number in windows if number in self.pictures})


NONE = Tiles({}, 0, 0, 0, ())


def read_tiles(folder: Path) -> Tiles:
    """From `gallery`; empty where the evaluation kept none. FabulaError where a file is broken."""
    about = folder / "tiles.json"
    paths = sorted(path for path in folder.glob("*.webp") if path.stem.isdecimal()) if about.exists() else []
    paths = paths[:: max(1, ceil(sum(path.stat().st_size for path in paths) / HEAVIEST))]
    if not paths:
        return NONE
    with files.said("read", folder):
        pictures = {int(path.stem): path.read_bytes() for path in paths}
    return Tiles(pictures, *_size(paths[0]), *_about(about))


def _about(path: Path) -> tuple[int, tuple[str, ...]]:
    match files.read_json(path):
        case {"given": int(given), "told": list(told)}:
            return given, tuple(map(str, told))
    raise FabulaError(f"{path}: does not say what the pictures show; evaluate the run again")


def _size(path: Path) -> tuple[int, int]:
    try:
        with Image.open(path) as picture:
            return picture.size
    except OSError as error:
        raise FabulaError(f"{path}: a picture that cannot be read; evaluate the run again") from error
