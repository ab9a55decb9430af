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
    places = torch.arange(context.present.shape[1], device=context.present.device)
    last = (places * context.present).argmax(1)
    story = torch.arange(len(last), device=last.device)
    known = context.present.any(1)[:, None, None, None]
    return torch.where(known, context.images[story, last], context.images.new_zeros(()))
