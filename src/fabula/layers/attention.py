"""Attention: a weighted mean, where the weights follow from what is read."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def masked_softmax(scores: Tensor, mask: Tensor) -> Tensor:
    """Softmax over the last axis where `mask` is true; zeros elsewhere, and everywhere if nothing is there."""
    weights = scores.masked_fill(~mask, torch.finfo(scores.dtype).min).softmax(-1)
    return weights * mask


class FixedQueryAttention(nn.Module):
    """One learned query asks every vector the same question (Yang et al. 2016, hierarchical attention, eq. 8-10)."""

    def __init__(self, dim: int):
        super().__init__()
        self.key = nn.Linear(dim, dim)
        self.query = nn.Parameter(torch.randn(dim) * dim**-0.5)

    def weights(self, values: Tensor, mask: Tensor) -> Tensor:
        """(B, S, D), (B, S) -> (B, S), summing to 1 where anything is there."""
        return masked_softmax(self.key(values).tanh() @ self.query, mask)

    def forward(self, values: Tensor, mask: Tensor) -> Tensor:
        """(B, S, D), (B, S) -> (B, D); zeros where nothing is there."""
        real = torch.where(mask[..., None], values, values.new_zeros(()))
        return (self.weights(real, mask)[:, None] @ real)[:, 0]
