"""Recurrent networks over sequences of unequal length, and their first weights."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

RNN = nn.GRU | nn.LSTM


def recurrent(cell: type[nn.GRU] | type[nn.LSTM], inputs: int, hidden: int, *, layers: int, dropout: float) -> RNN:
    """Batch first; dropout between layers; orthogonal recurrent weights (Saxe et al. 2014), biases zero.

    An LSTM begins by remembering: the bias of its forget gate is 1 (Jozefowicz et al. 2015).
    """
    rnn = cell(inputs, hidden, layers, batch_first=True, dropout=dropout if layers > 1 else 0.0)
    for name, weight in rnn.named_parameters():
        if name.startswith("bias"):
            nn.init.zeros_(weight)
        else:  # one matrix a gate, stacked
            start = nn.init.orthogonal_ if name.startswith("weight_hh") else nn.init.xavier_uniform_
            for gate in weight.data.split(hidden):
                start(gate)
    if isinstance(rnn, nn.LSTM):
        for layer in range(layers):
            nn.init.ones_(getattr(rnn, f"bias_ih_l{layer}").data[hidden : 2 * hidden])  # gates: in, forget, cell, out
    return rnn


def read(rnn: RNN, inputs: Tensor, mask: Tensor) -> Tensor:
    """(N, L, E) and (N, L), padding at the end -> the states (N, L, hidden), zeros at padding.

    One direction never looks ahead, so padding changes nothing before it; it is cut off where all have ended.
    (Packed sequences give the same numbers, and on a CPU take two to four times as long.)
    """
    longest = max(1, int(mask.sum(1).max()))
    states, _ = rnn(inputs[:, :longest])
    return F.pad(states * mask[:, :longest, None], (0, 0, 0, inputs.shape[1] - longest))
