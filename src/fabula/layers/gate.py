"""A gate: how much of one thing and how much of another."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from fabula.layers.seen import Seen


class Gate(nn.Module):
    """z = g a + (1 - g) b with g = sigmoid(W [a; b]) (Arevalo et al. 2017, gated multimodal units).

    With `elementwise` every dimension has a share g of its own, otherwise all have one. Where only one of the two is
    there, g is 1 or 0. The shares pass through `seen`: (N, D) or (N,), of `a`, in [0, 1].
    """

    def __init__(self, dim: int, *, elementwise: bool = True):
        super().__init__()
        self.weigh = nn.Linear(2 * dim, dim if elementwise else 1)
        self.elementwise = elementwise
        self.seen = Seen("N D" if elementwise else "N")

    def forward(self, one: Tensor, other: Tensor, one_there: Tensor, other_there: Tensor) -> Tensor:
        """(N, D) and (N, D), and which of them there are (N,) each -> (N, D)."""
        share = self.weigh(torch.cat([one, other], -1)).sigmoid()
        share = share.where(other_there[:, None], 1.0).where(one_there[:, None], 0.0)
        share = self.seen(share) if self.elementwise else self.seen(share[:, 0])[:, None]
        return share * one + (1 - share) * other
