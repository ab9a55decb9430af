from __future__ import annotations

import torch

from fabula.roles import Temporal
from fabula.types import Tokens


class LastFrame(Temporal):
    """Remembers the newest frame alone: the baseline that every memory must beat."""

    def __init__(self, dim: int):
        super().__init__()

    def forward(self, frames: Tokens) -> Tokens:
        present = frames.mask.any(-1)  # (B, K)
        newest = (present * torch.arange(1, present.shape[1] + 1, device=present.device)).argmax(1)
        story = torch.arange(len(newest), device=newest.device)
        mask = frames.mask[story, newest]
        values = frames.values[story, newest]
        return Tokens(torch.where(mask[..., None], values, values.new_zeros(())), mask)
