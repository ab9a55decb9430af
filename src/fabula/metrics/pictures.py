"""Told picture against true picture, window by window, in [0, 1]."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fabula.metrics.measure import Measure, mean_of, ratio
from fabula.metrics.pixels import gradient_energy, unit
from fabula.metrics.ssim import Moments, ssim
from fabula.metrics.told import Column, Told
from fabula.metrics.truth import TOGETHER

ENERGIES = ("picture.energy", "picture.true_energy")  # of the told picture and of the true one
MOST_DECIBELS = 100.0  # what an exact copy scores, whose PSNR is infinite

MEASURES = {
    "picture.mae": mean_of("picture.mae", "lower", "Mean absolute error of a pixel's red, green and blue, 0 to 1."),
    "picture.mse": mean_of("picture.mse", "lower", "Mean squared error of the same."),
    "picture.psnr": mean_of(
        "picture.psnr",
        "higher",
        "Peak signal to noise in decibels: the mean over windows of each window, an exact copy counted as 100.",
    ),
    "picture.ssim": mean_of("picture.ssim", "higher", "Structural similarity: 1 is equal, about 0 is unlike."),
    "picture.sharpness": Measure(
        "n.a.",
        None,
        "Gradient energy of all told pictures over that of the true ones: 1 is as sharp, near 0 a blur, above 1 noise.",
        ENERGIES,
        ratio,
    ),
}


def statistics(told: Told) -> dict[str, Column]:
    """The columns of the measures above; none where nothing was painted."""
    if told.pictures is None:
        return {}
    some = [slice(start, start + TOGETHER) for start in range(0, len(told), TOGETHER)]
    known = zip(some, told.known.units, told.known.moments, strict=True)
    parts = [_columns(told.pictures[rows], true, moments) for rows, true, moments in known]
    found = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]} if parts else {}
    return found | {ENERGIES[1]: told.known.energy} if parts else {}


def _columns(told: NDArray[np.uint8], true: NDArray[np.float32], known: Moments) -> dict[str, Column]:
    ours = unit(told)
    squared = mse(ours, true)
    return {
        "picture.mae": mae(ours, true),
        "picture.mse": squared,
        "picture.psnr": psnr(squared),
        "picture.ssim": ssim(ours, true, known),
        ENERGIES[0]: gradient_energy(ours),
    }


def mae(told: NDArray[np.float32], true: NDArray[np.float32]) -> Column:
    """(N, H, W, 3) twice -> (N,)."""
    return np.abs(told - true).mean((1, 2, 3), dtype=np.float64)


def mse(told: NDArray[np.float32], true: NDArray[np.float32]) -> Column:
    """(N, H, W, 3) twice -> (N,)."""
    return np.square(told - true).mean((1, 2, 3), dtype=np.float64)


def psnr(squared_error: Column) -> Column:
    """10 log10(1 / mse), at most 100 dB. (N,) -> (N,)."""
    return -10 * np.log10(np.maximum(squared_error, 10 ** (-MOST_DECIBELS / 10)))
