"""Changes that keep a story's frames consistent: drawn once for a window and done to all its frames, target too.

Captions stay as they are: a caption that says "left" is wrong after a flip, so `flip` is off unless a recipe asks.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from fabula.recipe import Augment

LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601


def augment(images: Tensor, chosen: Augment, chance: np.random.Generator) -> Tensor:
    """(B, K, 3, H, W) in [-1, 1] to the same, changed; with everything off the very same tensor.

    The draws do not depend on what is switched on, so switching one change on leaves the others as they were.
    """
    draws = _draw(len(images), chance)
    if chosen.flip:
        images = torch.where(draws["flip"].view(-1, 1, 1, 1, 1) < 0.5, images.flip(-1), images)
    if chosen.crop or chosen.rotate:
        images = _move(images, chosen, draws)
    return _colour(images, chosen.jitter, draws) if chosen.jitter else images


def _draw(number: int, chance: np.random.Generator) -> dict[str, Tensor]:
    """One value in [0, 1) a window for each decision."""
    names = ("flip", "cut", "across", "down", "angle", "brightness", "contrast", "saturation")
    values = torch.from_numpy(chance.random((len(names), number), dtype=np.float32))
    return dict(zip(names, values, strict=True))


def _move(images: Tensor, chosen: Augment, draws: dict[str, Tensor]) -> Tensor:
    """Cut and rotate in one bilinear sampling; what lies outside the picture is mirrored."""
    height, width = images.shape[-2:]
    kept = 1 - chosen.crop * draws["cut"]  # the share of each side that stays
    angle = math.radians(chosen.rotate) * (2 * draws["angle"] - 1)
    cos, sin = angle.cos() * kept, angle.sin() * kept
    right, below = ((1 - kept) * (2 * draws[name] - 1) for name in ("across", "down"))
    rows = [cos, -sin * height / width, right, sin * width / height, cos, below]
    matrices = torch.stack(rows, 1).view(-1, 2, 3).repeat_interleave(images.shape[1], 0)  # (B * K, 2, 3)
    flat = images.flatten(0, 1)
    grid = functional.affine_grid(matrices, list(flat.shape), align_corners=False)
    return functional.grid_sample(flat, grid, padding_mode="reflection", align_corners=False).view_as(images)


def _colour(images: Tensor, jitter: float, draws: dict[str, Tensor]) -> Tensor:
    """Brightness, contrast about mid grey, saturation about the pixel's own luma; each times 1 +- jitter."""
    brightness, contrast, saturation = (
        (1 + jitter * (2 * draws[name] - 1)).view(-1, 1, 1, 1, 1) for name in ("brightness", "contrast", "saturation")
    )
    images = ((images + 1) * brightness - 1) * contrast
    grey = (images * images.new_tensor(LUMA).view(3, 1, 1)).sum(-3, keepdim=True)
    return (grey + (images - grey) * saturation).clamp(-1, 1)
