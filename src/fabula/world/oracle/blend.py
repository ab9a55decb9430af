"""The one picture that errs least on average, from many pictures and how likely each is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fabula.world.paint.picture import Painter
from fabula.world.scene import Scene

Aim = Literal["mae", "mse"]
Pixels = NDArray[np.uint8]
ROWS = 16  # rows of pixels that are sorted at once, so that large pictures need little memory


def painted(scenes: Iterable[tuple[Scene, float]], painter: Painter) -> tuple[Pixels, NDArray[np.float64]]:
    """(R, H, W, 3) pictures and (R,) weights; scenes before one background are painted one after another."""
    ordered = sorted(scenes, key=lambda pair: _background(pair[0]))
    pictures = np.stack([np.asarray(painter.paint(scene).picture) for scene, _ in ordered])
    return pictures, np.array([weight for _, weight in ordered])


def blend(pictures: Pixels, weights: NDArray[np.float64], aim: Aim) -> Image.Image:
    """(R, H, W, 3) and (R,) -> the picture of least expected absolute (`mae`) or squared (`mse`) error.

    That is the weighted median, or mean, of every pixel and colour by itself.
    """
    if aim == "mse":
        mean = np.tensordot(weights / weights.sum(), pictures.astype(np.float64), 1)
        return Image.fromarray(mean.round().astype(np.uint8))
    rows = range(0, pictures.shape[1], ROWS)
    return Image.fromarray(np.concatenate([_median(pictures[:, row : row + ROWS], weights) for row in rows]))


def _median(pictures: Pixels, weights: NDArray[np.float64]) -> Pixels:
    order = pictures.argsort(0)
    reached = weights[order].cumsum(0)
    middle = (reached >= weights.sum() / 2).argmax(0)[None]
    return np.take_along_axis(pictures, np.take_along_axis(order, middle, 0), 0)[0]


def _background(scene: Scene) -> str:
    return str((scene.place, scene.light, scene.weather, scene.camera, scene.mark_x, scene.grain))
