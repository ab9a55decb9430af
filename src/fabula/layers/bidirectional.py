"""A recurrent layer that reads a sequence from both ends."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from fabula.layers.frames import newest
from fabula.layers.recurrent import read, recurrent


class BothWays(nn.Module):
    """Two LSTMs, one from the first word, one from the last (Schuster and Paliwal 1997; Graves et al. 2005)."""

    def __init__(self, inputs: int, hidden: int):
        super().__init__()
        self.onward, self.back = (recurrent(nn.LSTM, inputs, hidden, layers=1, dropout=0.0) for _ in range(2))

    def forward(self, inputs: Tensor, mask: Tensor) -> Tensor:
        """(N, L, E) and (N, L), padding at the end -> both states of each word (N, L, 2 * hidden), zeros at padding."""
        back = read(self.back, turned(inputs, mask), mask)
        return torch.cat([read(self.onward, inputs, mask), turned(back, mask)], -1)


def turned(values: Tensor, mask: Tensor) -> Tensor:
    """(N, L, E) with the real vectors in reverse order; padding stays where it is, at the end."""
    places = torch.arange(mask.shape[1], device=mask.device)
    last = mask.sum(1, keepdim=True) - 1
    source = torch.where(places <= last, last - places, places)  # (N, L)
    return values.gather(1, source[..., None].expand_as(values))


def ends(states: Tensor, mask: Tensor) -> Tensor:
    """(N, L, 2 * hidden) -> (N, 2 * hidden): the state that each direction ends with; zeros where nothing is read."""
    onward, back = states.chunk(2, -1)
    return torch.cat([newest(onward, mask), back[:, 0]], -1)
