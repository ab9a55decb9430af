"""Pixels as numbers from 0 to 1, and how much they change from one to the next."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Powers = tuple[NDArray[np.int64], NDArray[np.int64]]  # (H, W, 3) twice: sums over pictures, and sums of squares


def unit(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """0 to 255 -> 0 to 1."""
    return pixels.astype(np.float32) / 255


def gradient_energy(pictures: NDArray[np.float32]) -> NDArray[np.float64]:
    """Mean square of the steps from each pixel to its right and lower neighbours. (N, H, W, 3) -> (N,)."""
    across, down = np.diff(pictures, axis=2), np.diff(pictures, axis=1)
    steps = np.square(across).sum((1, 2, 3), dtype=np.float64) + np.square(down).sum((1, 2, 3), dtype=np.float64)
    return steps / pictures[0].size if len(pictures) else steps


def powers(pictures: NDArray[np.uint8]) -> Powers:
    """(N, H, W, 3) -> their sum and the sum of their squares, exactly."""
    return pictures.sum(0, dtype=np.int64), np.square(pictures, dtype=np.int64).sum(0)
