"""A caption as a bag of its words and of its pairs of neighbours."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from fabula.layers.ranges import Number, Share
from fabula.layers.words import WordEmbedding
from fabula.roles import TextEncoder
from fabula.types import Tokens, Vocabulary

FIRST, SECOND = 40_503, 2_654_435_761  # Knuth's multipliers, odd: they spread numbers over buckets


class BagTextEncoder(TextEncoder):
    """Mean and largest value of what words and pairs of neighbours say, then two layers: one token, the caption.

    A pair says what belongs to what (`red ball`); further order is not read. Pairs share `buckets` vectors by a hash
    of their ids (Joulin et al. 2017). Costs a tenth of a GRU of the same width, as there is no step after step.
    """

    def __init__(
        self,
        dim: int,
        vocabulary: Vocabulary,
        *,
        embedding: Number = 96,
        buckets: Number = 4096,
        dropout: Share = 0.2,
    ):
        super().__init__()
        self.pad, self.buckets = vocabulary.pad, buckets
        self.words = WordEmbedding(vocabulary.size, embedding, vocabulary.pad)
        self.pairs = nn.Embedding(buckets, embedding)
        nn.init.normal_(self.pairs.weight, std=0.02)
        self.dropout = nn.Dropout(dropout)
        self.read = nn.Sequential(nn.Linear(2 * embedding, 2 * dim), nn.GELU(), nn.Linear(2 * dim, dim))

    def forward(self, captions: Tensor) -> Tokens:
        longest = max(1, int((captions != self.pad).sum(1).max()))
        ids = captions[:, :longest]
        said = self.words(ids) + self.pairs(self._hashed(ids))  # (N, L, E)
        whole = self.read(self.dropout(_pooled(said, ids != self.pad)))[:, None]
        return Tokens(whole, torch.ones_like(ids[:, :1], dtype=torch.bool))

    def _hashed(self, ids: Tensor) -> Tensor:
        """(N, L) -> (N, L): the bucket of each word with the one before it."""
        before = torch.cat([torch.full_like(ids[:, :1], self.pad), ids[:, :-1]], 1)
        return (before * FIRST + ids * SECOND) % 2_147_483_647 % self.buckets


def _pooled(values: Tensor, mask: Tensor) -> Tensor:
    """(N, L, E) and (N, L) -> (N, 2 E): mean and largest over what is there; zeros where nothing is."""
    there = mask[..., None]
    mean = (values * there).sum(1) / there.sum(1).clamp(min=1)
    largest = values.masked_fill(~there, -torch.inf).amax(1)
    return torch.cat([mean, torch.where(there.any(1), largest, torch.zeros_like(largest))], 1)
