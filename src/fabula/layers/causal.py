"""A transformer that reads from left to right, and remembers what it has read."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fabula.layers.transformer import thinking

Kept = tuple[Tensor, Tensor]  # keys and values of what a layer has read, (B, heads, T, d) each


class CausalLayer(nn.Module):
    """Attention to what stands before, and a small network, normalised before each.

    Where a vector stands turns its queries and keys (Su et al. 2021, rotary positions), so that only distances count.
    """

    def __init__(self, dim: int, *, heads: int = 4, dropout: float = 0.0):
        super().__init__()
        if dim % heads:
            raise ValueError(f"heads: {heads} do not divide the width {dim}")
        self.heads = heads
        self.read_norm, self.think_norm = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.ask, self.give = nn.Linear(dim, 3 * dim, bias=False), nn.Linear(dim, dim)
        self.think = thinking(dim, dropout)
        self.dropout = nn.Dropout(dropout)

    def forward(self, values: Tensor, turn: Tensor, kept: Kept | None = None, mask: Tensor | None = None):
        """(B, T, D) -> (B, T, D), and the keys and values of all that was read.

        Without `kept` each reads those before it. With it, they read what is kept and each other as `mask` says.
        """
        queries, keys, said = self.ask(self.read_norm(values)).unflatten(2, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        queries, keys = turned(queries, turn), turned(keys, turn)
        if kept is not None:
            keys, said = torch.cat([kept[0], keys], 2), torch.cat([kept[1], said], 2)
        mixed = F.scaled_dot_product_attention(queries, keys, said, mask, is_causal=mask is None)
        values = values + self.dropout(self.give(mixed.transpose(1, 2).flatten(2)))
        return values + self.think(self.think_norm(values)), (keys, said)


def turns(places: Tensor, width: int) -> Tensor:
    """(B, T) places -> (B, 1, T, width // 2) complex numbers of length 1: each place at each frequency."""
    rates = 10000 ** -(torch.arange(0, width - 1, 2, device=places.device) / width)
    angles = places[:, None, :, None] * rates
    return torch.polar(torch.ones_like(angles), angles)


def turned(vectors: Tensor, turn: Tensor) -> Tensor:
    """(B, heads, T, d), every two neighbouring numbers turned as one complex number; of an odd d the last stays."""
    even = 2 * turn.shape[-1]
    pairs = torch.view_as_complex(vectors[..., :even].unflatten(-1, (-1, 2)).contiguous())
    return torch.cat([torch.view_as_real(pairs * turn).flatten(-2), vectors[..., even:]], -1)
