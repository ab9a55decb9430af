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

    `heard` (B,) is False where nothing is added; without it all are. Frames that were the same stay so, and the frames
    that are added are the same where their captions are.
    """
    grey = torch.zeros_like(context.images[:, 0])
    return _longer(context, grey, captions, heard, captions.unique(dim=0, return_inverse=True)[1], pad)


def with_frame(context: Frames, images: Tensor, captions: Tensor, *, pad: int = 0) -> Frames:
    """The context, and after the last present frame of each story one more, with pictures (B, C, H, W) and captions."""
    return _longer(context, images, captions, None, torch.arange(len(captions), device=captions.device), pad)


def _longer(context: Frames, images: Tensor, captions: Tensor, heard: Tensor | None, which: Tensor, pad: int) -> Frames:
    """`which` (B,) is equal where what is added is."""
    there = torch.ones_like(context.present[:, 0]) if heard is None else heard
    rows, count = torch.arange(len(captions), device=captions.device), context.present.sum(1)

    def longer(values: Tensor, last: Tensor) -> Tensor:
        values = torch.cat([values, torch.zeros_like(values[:, :1])], 1)
        values[rows, count] = last
        return values

    same = context.same
    if same is not None:
        absent = torch.cat([same, torch.full_like(same[:, :1], int(same.max()) + 1)], 1)
        absent[rows, count] = int(same.max()) + 2 + which
        same = absent.unique(return_inverse=True)[1]
    return Frames(
        longer(context.images, images),
        longer(context.captions, captions),
        longer(context.present, there),
        None if context.notes is None else longer(context.notes, torch.full_like(context.notes[:, 0], pad)),
        same,
    )


def newest(values: Tensor, present: Tensor, *, empty: float = 0) -> Tensor:
    """Of (B, K, ...) what stands in the last present frame of each story, (B, ...); `empty` where there is none."""
    last = (torch.arange(present.shape[1], device=present.device) * present).argmax(1)
    found = values[torch.arange(len(last), device=last.device), last]
    known = present.any(1).view(-1, *[1] * (found.ndim - 1))
    return torch.where(known, found, torch.full_like(found, empty))
