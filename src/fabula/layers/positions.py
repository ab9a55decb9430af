"""Places as vectors, so that attention hears order."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def sinusoids(places: Tensor, dim: int) -> Tensor:
    """Places (...) -> (..., dim) in [-1, 1], for any place (Vaswani et al. 2017, section 3.5)."""
    steps = torch.arange(0, dim, 2, device=places.device)
    angles = places[..., None] * torch.exp(steps * (-math.log(10_000) / dim))
    return torch.stack([angles.sin(), angles.cos()], -1).flatten(-2)[..., :dim]
