"""Layers of a transformer: every vector reads the others, then thinks for itself."""

from __future__ import annotations

from torch import nn

from fabula.layers.attention import Attention
from fabula.types import Tokens

WIDER = 4  # how much wider the hidden layer of the thinking is


class TransformerLayer(nn.Module):
    """Self-attention and a small network, normalised before each (Xiong et al. 2020, figure 1 b)."""

    def __init__(self, dim: int, *, heads: int = 4, dropout: float = 0.0, axes: str = "N F F'"):
        super().__init__()
        self.read_norm, self.think_norm = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.read = Attention(dim, heads=heads, dropout=dropout, axes=axes)
        self.think = thinking(dim, dropout)
        self.dropout = nn.Dropout(dropout)

    def forward(self, tokens: Tokens, *, causal: bool = False) -> Tokens:
        """(N, F, D) -> (N, F, D); masked vectors are read by nobody."""
        normed = self.read_norm(tokens.values)
        values = tokens.values + self.dropout(self.read(normed, tokens._replace(values=normed), causal=causal))
        return tokens._replace(values=values + self.think(self.think_norm(values)))


class Transformer(nn.Module):
    """Some layers, and a last normalisation. Values at masked places are zero before and after."""

    def __init__(self, dim: int, *, layers: int = 2, heads: int = 4, dropout: float = 0.0, axes: str = "N F F'"):
        super().__init__()
        made = (TransformerLayer(dim, heads=heads, dropout=dropout, axes=axes) for _ in range(layers))
        self.layers, self.norm = nn.ModuleList(made), nn.LayerNorm(dim)

    def forward(self, tokens: Tokens) -> Tokens:
        """(N, F, D) -> (N, F, D)."""
        tokens = real(tokens)
        for layer in self.layers:
            tokens = layer(tokens)
        return real(tokens._replace(values=self.norm(tokens.values)))


def thinking(dim: int, dropout: float) -> nn.Sequential:
    """(..., D) -> (..., D): what a layer does with each vector by itself."""
    return nn.Sequential(nn.Linear(dim, WIDER * dim), nn.GELU(), nn.Linear(WIDER * dim, dim), nn.Dropout(dropout))


def real(tokens: Tokens) -> Tokens:
    """The same, zeros where the mask is false, whatever stood there."""
    return tokens._replace(values=tokens.values.where(tokens.mask[..., None], tokens.values.new_zeros(())))
