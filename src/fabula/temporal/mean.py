from __future__ import annotations

from fabula.roles import Temporal
from fabula.types import Tokens


class MeanFrame(Temporal):
    """Remembers the average frame: what happened, not in which order."""

    def __init__(self, dim: int):
        super().__init__()

    def forward(self, frames: Tokens) -> Tokens:
        stories = Tokens(frames.mean(), frames.mask.any(-1))  # (B, K, D)
        return Tokens(stories.mean()[:, None], stories.mask.any(-1, keepdim=True))
