"""The picture that is least wrong when nothing is known: median and mean of the train targets."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fabula.floors.progress import Progress, silent
from fabula.metrics.told import Pixels

CHUNK = 256  # pictures read at a time
MOST_BINS = 16_000_000  # of the histograms that are held at a time: 128 MB


def mean_picture(pictures: Pixels, rows: NDArray[np.int64], progress: Progress = silent) -> Pixels:
    """The mean of `pictures[rows]`, to the nearest level: (H, W, 3)."""
    total = np.zeros(pictures.shape[1:], np.int64)
    with progress("mean picture", len(rows)) as advance:
        for some in _chunks(rows):
            total += pictures[some].sum(0, dtype=np.int64)
            advance(len(some))
    return np.rint(total / len(rows)).astype(np.uint8)


def median_picture(pictures: Pixels, rows: NDArray[np.int64], progress: Progress = silent) -> Pixels:
    """The lower median of each value of `pictures[rows]`, exact, by histograms: (H, W, 3).

    No constant picture has a lower mean absolute error on them. Large pictures are done in bands of lines.
    """
    height, width, _ = pictures.shape[1:]
    band = max(1, MOST_BINS // (width * 3 * 256))
    tops = range(0, height, band)
    with progress("median picture", len(rows) * len(tops)) as advance:
        return np.concatenate([_median_band(pictures, rows, slice(top, top + band), advance) for top in tops])


def _median_band(pictures: Pixels, rows: NDArray[np.int64], lines: slice, advance) -> Pixels:
    shape = pictures[0, lines].shape
    places = np.arange(np.prod(shape)) * 256
    counts = np.zeros(np.prod(shape) * 256, np.int64)
    for some in _chunks(rows):
        values = pictures[some, lines].reshape(len(some), -1)
        counts += np.bincount((values + places).ravel(), minlength=counts.size)
        advance(len(some))
    reached = counts.reshape(-1, 256).cumsum(1)
    return (2 * reached >= len(rows)).argmax(1).astype(np.uint8).reshape(shape)


def _chunks(rows: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    return [rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK)]
