"""How a picture looks, in 784 bytes: hashes that find what may be the same picture, and a thumbnail that decides."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PIL import Image

from fabula.images import to_rgb

SIDE = 16  # cells of a thumbnail, each way
RISE = 2  # grey levels of 255 by which a cell must be brighter than its neighbour: flat areas give no chance bits
PLAIN = 0.02  # of the range of colours: a picture whose cells vary less is taken for a page without content


class Look(NamedTuple):
    """What is kept of a picture."""

    hash: int  # 64 bits
    mirror: int  # 64 bits, of the picture as a mirror shows it
    thumb: np.ndarray  # uint8 (16, 16, 3)
    size: tuple[int, int]  # height, width as it came


def look(picture: Image.Image) -> Look:
    """Decode and shrink. Errors: FabulaError where the picture is broken."""
    rgb = to_rgb(picture)
    thumb = np.asarray(rgb.resize((SIDE, SIDE), Image.Resampling.BOX))
    return Look(*difference_hashes(rgb), thumb, (rgb.height, rgb.width))


def difference_hashes(rgb: Image.Image) -> tuple[int, int]:
    """64 bits: of 8 rows of 9 grey cells, which are brighter than their left neighbour (Krawetz's dHash).

    The second is that of the mirrored picture.

    Shrinking, recompression and brightness leave most bits as they are. Unlike the usual form, a cell has to be
    brighter by more than 2 levels, or the noise of a JPEG would set the bits of a blank page at random.
    """
    grey = np.asarray(rgb.convert("L").resize((9, 8), Image.Resampling.BICUBIC), np.int16)
    return _bits(grey), _bits(grey[:, ::-1])


def _bits(grey: np.ndarray) -> int:
    return int.from_bytes(np.packbits(grey[:, 1:] > grey[:, :-1] + RISE).tobytes(), "big")


def plain(thumbs: np.ndarray) -> np.ndarray:
    """Which of (N, 16, 16, 3) show nothing, a black frame or a blank page: (N,) bool."""
    return _centred(thumbs)[1] < PLAIN


def some_cells(thumbs: np.ndarray) -> np.ndarray:
    """16 of the cells that `apart` compares, (N, 48): where two pictures differ in these by more than a bound, they
    differ by more than it in all.
    """
    values, spread = _centred(thumbs)
    return (values[:, 2::4, 2::4] / spread[:, None, None, None]).reshape(len(thumbs), 48)


def apart(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """How far pictures are apart, pair by pair, both uint8 (P, 16, 16, 3): (P,) of at least 0.

    The largest difference of any cell, in standard deviations of the picture, with mean colour and contrast taken
    out first, so that a brightened copy stays a copy and two dark scenes do not look alike for being dark. The
    largest and not the mean: a place that stays while its people change moves few cells far, a copy none.
    """
    (one, spread), (other, spread_other) = _centred(some), _centred(others)
    each = one / spread[:, None, None, None] - other / spread_other[:, None, None, None]
    return np.abs(each).max((1, 2, 3), initial=0.0)


def _centred(thumbs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Thumbnails less their mean colour, and the standard deviation of what is left (never nothing)."""
    values = thumbs.astype(np.float32) / 255
    values -= values.mean((1, 2), keepdims=True)
    return values, values.std((1, 2, 3)).clip(min=1e-6)
