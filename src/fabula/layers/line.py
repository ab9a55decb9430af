"""A story as one line of vectors: the pictures and words of its frames, oldest first, without gaps."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from fabula.types import Tokens


class Line(NamedTuple):
    """T is the length of the longest story, and at least 1; `real` is False after the end of a shorter one.

    `source` says which of the vectors that were given stands where, so that others can be brought into the same order.
    """

    values: Tensor  # (B, T, D)
    real: Tensor  # (B, T) bool
    source: Tensor  # (B, T)

    def take(self, beside: Tensor, empty: int) -> Tensor:
        """What stands beside the given vectors, (B, S), in the line's order, (B, T); `empty` where it has ended."""
        return beside.gather(1, self.source).masked_fill(~self.real, empty)


def in_line(tokens: Tokens) -> Line:
    """(B, S, D) with gaps -> one vector after the other; the order stays."""
    order = (~tokens.mask).int().argsort(dim=1, stable=True)
    source = order[:, : max(1, int(tokens.mask.sum(1).max()))]
    real = tokens.mask.gather(1, source)
    values = tokens.values.gather(1, source[..., None].expand(-1, -1, tokens.values.shape[-1]))
    return Line(values.where(real[..., None], values.new_zeros(())), real, source)


def one_later(values: Tensor) -> Tensor:
    """(B, T, D) -> the same, each vector one place later, zeros first."""
    return torch.cat([torch.zeros_like(values[:, :1]), values[:, :-1]], 1)
