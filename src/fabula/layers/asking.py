"""Words that ask a memory: its keys and values are computed once, and kept from word to word."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from fabula.layers.attention import Attention
from fabula.layers.transformer import real, thinking
from fabula.types import Tokens

Kept = tuple[Tensor, ...]  # every tensor is (B, ...)


class MemoryAttention(nn.Module):
    """Every word asks every token of a memory (Luong et al. 2015, section 3.1: global attention, `general` score)."""

    kept = 3  # tensors that `heard` gives

    def __init__(self, dim: int, *, heads: int = 1, dropout: float = 0.0):
        super().__init__()
        self.norm = nn.LayerNorm(dim)  # the memory is as loud as a word
        self.attention = Attention(dim, heads=heads, dropout=dropout, axes="B L S")

    def heard(self, memory: Tokens) -> Kept:
        """(B, S, D) -> keys and values (B, heads, S, d), and which are there (B, 1, 1, S)."""
        memory = real(memory)
        keys, values = self.attention.heard(memory._replace(values=self.norm(memory.values)))
        return keys, values, memory.mask[:, None, None]

    def forward(self, words: Tensor, heard: Sequence[Tensor]) -> Tensor:
        """(B, L, D) -> what each word finds, (B, L, D); zeros in a story without any token."""
        keys, values, there = heard
        return self.attention.attend(words, keys, values, there) * there.any(-1)


class WritingLayer(nn.Module):
    """Each word reads the words before it, asks the memory, then thinks for itself.

    Vaswani et al. 2017, figure 1, on the right; normalised before each (Xiong et al. 2020, figure 1 b).
    """

    kept = 2 + MemoryAttention.kept  # tensors that `begin` gives

    def __init__(self, dim: int, *, heads: int = 4, dropout: float = 0.0):
        super().__init__()
        self.read_norm, self.ask_norm, self.think_norm = (nn.LayerNorm(dim) for _ in range(3))
        self.read = Attention(dim, heads=heads, dropout=dropout, axes="B L L'")
        self.ask = MemoryAttention(dim, heads=heads, dropout=dropout)
        self.think = thinking(dim, dropout)
        self.dropout = nn.Dropout(dropout)

    def begin(self, memory: Tokens) -> Kept:
        """Keys and values of the words so far (B, heads, 0, d), for there are none, then what the memory says."""
        heard = self.ask.heard(memory)
        nothing = heard[0][:, :, :0]
        return nothing, nothing, *heard

    def forward(self, words: Tensor, kept: Sequence[Tensor]) -> tuple[Tensor, Kept]:
        """The next words (B, L, D) -> (B, L, D), and what the words after them need."""
        before, said, *heard = kept
        normed = self.read_norm(words)
        new = self.read.heard(Tokens(normed, torch.ones_like(normed[..., 0], dtype=torch.bool)))
        keys, values = torch.cat([before, new[0]], 2), torch.cat([said, new[1]], 2)  # (B, heads, L', d)
        words = words + self.dropout(self.read.attend(normed, keys, values, _earlier(words.shape[1], keys)))
        words = words + self.dropout(self.ask(self.ask_norm(words), heard))
        return words + self.think(self.think_norm(words)), (keys, values, *heard)


def _earlier(count: int, keys: Tensor) -> Tensor:
    """(1, 1, L, L'): which of all the words each of the last L may read, itself too."""
    every = keys.shape[2]
    return torch.ones(1, 1, count, every, dtype=torch.bool, device=keys.device).tril(every - count)
