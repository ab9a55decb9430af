"""Small pictures of the windows that are looked at closely: the frames that were given over what is true and was told.

One WebP a window, `gallery/000012.webp`; the number is the window's. `gallery/tiles.json` says what it shows:
`{"given": how many frames of the context, "told": [TELLER]}`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fabula import files
from fabula.evaluate.asking import Chunk, kind_of
from fabula.evaluate.inquiry import Inquiry, some_of
from fabula.images import prepare
from fabula.metrics.told import Pixels, Told
from fabula.story import Size, Storyteller

GALLERY = "gallery"
MOST = 256  # windows that have a tile, however many are looked at closely
HIGHEST, WIDEST = 96, 192  # pixels of one picture: smaller ones stay as they are
GIVEN = 8  # frames of the context that are shown, the newest ones
GAP = 4  # transparent pixels between pictures
QUALITY, METHOD = 78, 2  # of WebP: 4 ms a tile of six pictures of 60x125


class Gallery:
    """Writes the tiles of an inquiry into a folder, chunk by chunk."""

    def __init__(self, inquiry: Inquiry, folder: Path):
        self.folder, self.size = folder / GALLERY, inquiry.data.picture_size
        self.given, self.tellers = min(GIVEN, inquiry.data.context), painters(inquiry.tellers)
        few = inquiry.few.numbers
        self.numbers = few[some_of(len(few), MOST)]

    def add(self, chunk: Chunk, told: Mapping[str, Told]) -> None:
        """The tiles of this chunk. A window whose true frame has no picture has none."""
        wanted = np.flatnonzero(np.isin(chunk.numbers, self.numbers))
        for row in (int(row) for row in wanted if chunk.truths[row].picture is not None):
            given = [prepare(frame.picture, self.size) for frame in chunk.contexts[row][-GIVEN:]]
            painted = [pictures[row] for name in self.tellers if (pictures := told[name].pictures) is not None]
            self._save(tile(given, [chunk.pictures[row], *painted]), int(chunk.numbers[row]))

    def close(self) -> None:
        """Say what the tiles show, where there are any."""
        if self.folder.is_dir():
            files.write_json(self.folder / "tiles.json", {"given": self.given, "told": self.tellers})

    def _save(self, picture: Image.Image, number: int) -> None:
        self.folder.mkdir(exist_ok=True)
        picture.save(self.folder / f"{number:06d}.webp", quality=QUALITY, method=METHOD)


def painters(tellers: Mapping[str, Storyteller]) -> list[str]:
    """Whose pictures are shown: of all models that paint; without a model, of the first that paints."""
    painting = [name for name, teller in tellers.items() if teller.paints]
    return [name for name in painting if kind_of(tellers[name]) == "model"] or painting[:1]


def tile(given: Sequence[Pixels], shown: Sequence[Pixels]) -> Image.Image:
    """The given pictures in one narrow row, over those that are shown side by side; all (H, W, 3) of one size."""
    size = _within(Size(*shown[0].shape[:2]))
    width = len(shown) * (size.width + GAP) - GAP
    small = _shared(width, size, len(given))
    tall = small.height + GAP if given else 0
    held = Image.new("RGBA", (width, tall + size.height))
    for place, picture in enumerate(given):
        held.paste(_at(picture, small), (place * (small.width + GAP), 0))
    for place, picture in enumerate(shown):
        held.paste(_at(picture, size), (place * (size.width + GAP), tall))
    return held


def _within(size: Size) -> Size:
    scale = min(1.0, HIGHEST / size.height, WIDEST / size.width)
    return Size(max(1, round(size.height * scale)), max(1, round(size.width * scale)))


def _shared(width: int, size: Size, count: int) -> Size:
    """The size of `count` pictures that share this width; none is larger than those below."""
    each = min(size.width, max(1, (width + GAP) // max(count, 1) - GAP))
    return Size(max(1, round(size.height * each / size.width)), each)


def _at(pixels: NDArray[np.uint8], size: Size) -> Image.Image:
    picture = Image.fromarray(pixels)
    wanted = (size.width, size.height)
    return picture if picture.size == wanted else picture.resize(wanted, Image.Resampling.BICUBIC, reducing_gap=2)
