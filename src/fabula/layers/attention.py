"""Attention: a weighted mean, where the weights follow from what is read."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fabula.layers.frames import newest
from fabula.layers.seen import Seen
from fabula.types import Tokens


def masked_softmax(scores: Tensor, mask: Tensor) -> Tensor:
    """Softmax over the last axis where `mask` is true; zeros elsewhere, and everywhere if nothing is there."""
    weights = scores.masked_fill(~mask, torch.finfo(scores.dtype).min).softmax(-1)
    return weights * mask


class FixedQueryAttention(nn.Module):
    """One learned query asks every vector the same question (Yang et al. 2016, hierarchical attention, eq. 8-10)."""

    def __init__(self, dim: int, *, axes: str = "B S"):
        super().__init__()
        self.key = nn.Linear(dim, dim)
        self.query = nn.Parameter(torch.randn(dim) * dim**-0.5)
        self.seen = Seen(axes)

    def weights(self, values: Tensor, mask: Tensor) -> Tensor:
        """(B, S, D), (B, S) -> (B, S), summing to 1 where anything is there."""
        return masked_softmax(self.key(values).tanh() @ self.query, mask)

    def forward(self, values: Tensor, mask: Tensor) -> Tensor:
        """(B, S, D), (B, S) -> (B, D); zeros where nothing is there."""
        real = torch.where(mask[..., None], values, values.new_zeros(()))
        return (self.seen(self.weights(real, mask))[:, None] @ real)[:, 0]


class ContentQueryAttention(nn.Module):
    """The newest vector asks all of them, itself too: what matters of the past depends on the present.

    Scaled dot products (Vaswani et al. 2017, eq. 1) of two projections; what is weighed are the vectors as they are.
    """

    def __init__(self, dim: int, *, axes: str = "B S"):
        super().__init__()
        self.ask, self.key = (nn.Linear(dim, dim, bias=bias) for bias in (True, False))  # a key's bias cancels out
        self.seen = Seen(axes)

    def weights(self, values: Tensor, mask: Tensor) -> Tensor:
        """(B, S, D), (B, S) -> (B, S), summing to 1 where anything is there."""
        asking = self.ask(newest(values, mask))[..., None]  # (B, D, 1)
        return masked_softmax((self.key(values) @ asking)[..., 0] / values.shape[-1] ** 0.5, mask)

    def forward(self, values: Tensor, mask: Tensor) -> Tensor:
        """(B, S, D), (B, S) -> (B, D); zeros where nothing is there."""
        real = torch.where(mask[..., None], values, values.new_zeros(()))
        return (self.seen(self.weights(real, mask))[:, None] @ real)[:, 0]


class Attention(nn.Module):
    """Several heads ask the same vectors different questions (Vaswani et al. 2017, section 3.2.2).

    The weights, averaged over the heads, pass through `seen` when somebody looks; `axes` is what it says of them.
    """

    def __init__(self, dim: int, *, heads: int = 4, dropout: float = 0.0, axes: str = "N F F'"):
        super().__init__()
        if dim % heads:
            raise ValueError(f"heads: {heads} do not divide the width {dim}")
        self.heads, self.dropout = heads, dropout
        self.ask, self.key, self.value, self.give = (nn.Linear(dim, dim) for _ in range(4))
        self.seen = Seen(axes)

    def forward(self, queries: Tensor, asked: Tokens, *, causal: bool = False) -> Tensor:
        """(N, F, D) and (N, F', D) -> (N, F, D); zeros before the last projection where nothing is there to ask."""
        mask = asked.mask[:, None, None]  # (N, 1, 1, F')
        if causal:
            mask = mask & torch.ones(queries.shape[1], mask.shape[-1], dtype=torch.bool, device=mask.device).tril()
        return self.attend(queries, *self.heard(asked), mask)

    def heard(self, asked: Tokens) -> tuple[Tensor, Tensor]:
        """Keys and values (N, heads, F', d): what may be kept between the words of a caption."""
        real = torch.where(asked.mask[..., None], asked.values, asked.values.new_zeros(()))
        return self._split(self.key(real)), self._split(self.value(real))

    def attend(self, queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor) -> Tensor:
        """(N, F, D) over keys and values (N, heads, F', d), where `mask` (N or 1, 1, F or 1, F') is true."""
        asking = self._split(self.ask(queries))
        dropout = self.dropout if self.training else 0.0
        if self.seen.watched:
            self.seen(masked_softmax(asking @ keys.transpose(2, 3) / keys.shape[-1] ** 0.5, mask).mean(1))
        mixed = F.scaled_dot_product_attention(asking, keys, values, mask, dropout_p=dropout)
        return self.give(torch.where(mask.any(-1, keepdim=True), mixed, 0).transpose(1, 2).flatten(2))

    def _split(self, vectors: Tensor) -> Tensor:
        """(N, F, D) -> (N, heads, F, d)."""
        return vectors.unflatten(2, (self.heads, -1)).transpose(1, 2)
