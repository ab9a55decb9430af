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


def with_caption(context: Frames, captions: Tensor, heard: Tensor | None = None, *, pad: int = 0) -> Frames:
    """The context, and after the last present frame of each story one more: grey, with captions (B, L), without note.

    `heard` (B,) is False where nothing is added; without it all are.
    """
    there = torch.ones_like(context.present[:, 0]) if heard is None else heard
    rows, count = torch.arange(len(captions), device=captions.device), context.present.sum(1)

    def longer(values: Tensor, last: Tensor) -> Tensor:
        values = torch.cat([values, torch.zeros_like(values[:, :1])], 1)
        values[rows, count] = last
        return values

    notes = None if context.notes is None else longer(context.notes, torch.full_like(context.notes[:, 0], pad))
    grey = torch.zeros_like(context.images[:, 0])
    return Frames(
        longer(context.images, grey), longer(context.captions, captions), longer(context.present, there), notes
    )


def newest(values: Tensor, present: Tensor, *, empty: float = 0) -> Tensor:
    """Of (B, K, ...) what stands in the last present frame of each story, (B, ...); `empty` where there is none."""
    last = (torch.arange(present.shape[1], device=present.device) * present).argmax(1)
    found = values[torch.arange(len(last), device=last.device), last]
    known = present.any(1).view(-1, *[1] * (found.ndim - 1))
    return torch.where(known, found, torch.full_like(found, empty))
