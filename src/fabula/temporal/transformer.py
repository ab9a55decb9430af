from __future__ import annotations

from typing import Literal

from torch import Tensor, nn

from fabula.layers.positions import sinusoids
from fabula.layers.ranges import Number, Share
from fabula.layers.transformer import Transformer, real
from fabula.roles import Temporal
from fabula.temporal.pooling import Pool, check_pooling, pooled, pooling
from fabula.types import Tokens

Gives = Literal["state", "frames", "tokens"]
AXES: dict[Gives, str] = {"state": "B K K'", "frames": "B K K'", "tokens": "B S S'"}


class TransformerTemporal(Temporal):
    """Every frame reads every other, then `pool` makes one state of them, beside the newest with `last_state`.

    What gives `frames` gives all of them, one token a frame. What gives `tokens` does not average a frame first:
    every token of every frame reads all the others, and all are given, for decoders that attend.
    """

    def __init__(
        self,
        dim: int,
        *,
        layers: Number = 2,
        heads: Number = 4,
        dropout: Share = 0.0,
        pool: Pool = "fixed",
        last_state: bool = False,
        gives: Gives = "state",
    ):
        super().__init__()
        check_pooling(pool, gives, last_state=last_state)
        self.dim, self.gives, self.last_state = dim, gives, last_state
        self.norm, self.dropout = nn.LayerNorm(dim), nn.Dropout(dropout)
        self.layers = Transformer(dim, layers=layers, heads=heads, dropout=dropout, axes=AXES[gives])
        self.attend = pooling(dim, pool) if gives == "state" else None

    def forward(self, frames: Tokens) -> Tokens:
        if self.gives != "tokens":
            frames = Tokens(frames.mean()[:, :, None], frames.mask.any(-1, keepdim=True))  # (B, K, 1, D)
        states = self.layers(self._placed(frames))
        return pooled(states, self.attend, last_state=self.last_state) if self.attend else states

    def _placed(self, frames: Tokens) -> Tokens:
        """(B, K, F, D) -> (B, K * F, D), each frame with its age; absent frames are not counted."""
        placed = self.norm(real(frames).values) + sinusoids(ages(frames.mask.any(-1)), self.dim)[:, :, None]
        return Tokens(self.dropout(placed).flatten(1, 2), frames.mask.flatten(1, 2))


def ages(present: Tensor) -> Tensor:
    """(B, K) -> (B, K): how many present frames come after each, so that the newest is 0 in every story."""
    return present.flip(1).cumsum(1).flip(1) - present.long()
