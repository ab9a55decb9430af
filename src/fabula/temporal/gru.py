from __future__ import annotations

import torch
from torch import Tensor, nn

from fabula.layers.attention import FixedQueryAttention
from fabula.layers.ranges import Number, Share
from fabula.layers.recurrent import recurrent
from fabula.roles import Temporal
from fabula.types import Tokens


class GRUTemporal(Temporal):
    """Reads the frames one after the other, then attends over the states with one learned query.

    Each frame is added to its state: early in training the GRU alone saturates, and then all stories look alike.
    The state is what the attention gives; with `last_state` the newest state stands beside it as a second token.
    """

    def __init__(self, dim: int, *, layers: Number = 1, dropout: Share = 0.0, last_state: bool = False):
        super().__init__()
        self.rnn = recurrent(nn.GRU, dim, dim, layers=layers, dropout=dropout)
        self.attend = FixedQueryAttention(dim)
        self.last_state = last_state

    def forward(self, frames: Tokens) -> Tokens:
        seen = closed_up(Tokens(frames.mean(), frames.mask.any(-1)))  # (B, K, D)
        states = seen.values + self.rnn(seen.values)[0]  # what follows the newest frame is masked
        tokens = [self.attend(states, seen.mask)]
        if self.last_state:
            tokens.append(_newest(states, seen.mask))
        anything = seen.mask.any(-1, keepdim=True)
        return Tokens(torch.stack(tokens, 1) * anything[..., None], anything.expand(-1, len(tokens)))


def closed_up(frames: Tokens) -> Tokens:
    """The same frames with the absent ones, set to zero, behind the present ones: (B, K, D)."""
    order = (~frames.mask).long().argsort(dim=1, stable=True)
    values = torch.where(frames.mask[..., None], frames.values, frames.values.new_zeros(()))
    return Tokens(values.gather(1, order[..., None].expand_as(values)), frames.mask.gather(1, order))


def _newest(states: Tensor, mask: Tensor) -> Tensor:
    story = torch.arange(len(states), device=states.device)
    return states[story, (mask.sum(1) - 1).clamp(min=0)]
