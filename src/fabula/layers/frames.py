"""What the context's pictures say without any learning."""

from __future__ import annotations

import torch
from torch import Tensor

from fabula.types import Frames


def mean_frame(context: Frames) -> Tensor:
    """The mean of the present frames of each story, (B, C, H, W); grey (0) where there is none."""
    here = context.present[..., None, None, None]
    kept = torch.where(here, context.images, context.images.new_zeros(()))
    return kept.sum(1) / here.sum(1).clamp(min=1)


def newest_frame(context: Frames) -> Tensor:
    """The last present frame of each story, (B, C, H, W); grey (0) where there is none."""
    return newest(context.images, context.present)


def newest(values: Tensor, present: Tensor, *, empty: float = 0) -> Tensor:
    """Of (B, K, ...) what stands in the last present frame of each story, (B, ...); `empty` where there is none."""
    last = (torch.arange(present.shape[1], device=present.device) * present).argmax(1)
    found = values[torch.arange(len(last), device=last.device), last]
    known = present.any(1).view(-1, *[1] * (found.ndim - 1))
    return torch.where(known, found, torch.full_like(found, empty))
