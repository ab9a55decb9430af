from __future__ import annotations

from typing import ClassVar, Literal

import torch
from torch import nn

from fabula.layers.ranges import Number, Share
from fabula.layers.recurrent import recurrent
from fabula.layers.transformer import real
from fabula.roles import Temporal
from fabula.temporal.pooling import Pool, check_pooling, pooled, pooling
from fabula.types import Tokens


class GRUTemporal(Temporal):
    """Reads the frames one after the other, then attends over the states with one query.

    Each frame is added to its state: early in training the GRU alone saturates, and then all stories look alike.
    The state is what `pool` makes of the frames' states; with `last_state` the newest stands beside it as a second
    token. What gives `frames` gives all of them, one token a frame, oldest first, for decoders that attend.
    """

    cell: ClassVar[type[nn.GRU] | type[nn.LSTM]] = nn.GRU

    def __init__(
        self,
        dim: int,
        *,
        layers: Number = 1,
        dropout: Share = 0.0,
        pool: Pool = "fixed",
        last_state: bool = False,
        gives: Literal["state", "frames"] = "state",
    ):
        super().__init__()
        check_pooling(pool, gives, last_state=last_state)
        self.rnn = recurrent(self.cell, dim, dim, layers=layers, dropout=dropout)
        self.attend = pooling(dim, pool) if gives == "state" else None
        self.last_state, self.gives = last_state, gives

    def forward(self, frames: Tokens) -> Tokens:
        seen = closed_up(Tokens(frames.mean(), frames.mask.any(-1)))  # (B, K, D)
        states = Tokens(seen.values + self.rnn(seen.values)[0], seen.mask)  # what follows the newest frame is masked
        return pooled(states, self.attend, last_state=self.last_state) if self.attend else real(states)


class LSTMTemporal(GRUTemporal):
    """The same with LSTM cells."""

    cell = nn.LSTM


def closed_up(frames: Tokens) -> Tokens:
    """The same frames with the absent ones, set to zero, behind the present ones: (B, K, D)."""
    order = (~frames.mask).long().argsort(dim=1, stable=True)
    values = torch.where(frames.mask[..., None], frames.values, frames.values.new_zeros(()))
    return Tokens(values.gather(1, order[..., None].expand_as(values)), frames.mask.gather(1, order))
