"""Words as vectors, words unseen, words that are only padding."""

from __future__ import annotations

import torch
from torch import Tensor, nn

IGNORED = -100  # the id that F.cross_entropy passes over


class WordEmbedding(nn.Embedding):
    """One vector a word; padding is zero.

    The table's rows have length about 1, so that it can serve as the output's too; what is read is scaled up by
    sqrt(dim) (Vaswani et al. 2017, section 3.4), without which a network hardly hears the words at first.
    """

    def __init__(self, words: int, dim: int, pad: int):
        super().__init__(words, dim, padding_idx=pad)
        nn.init.normal_(self.weight, std=dim**-0.5)
        nn.init.zeros_(self.weight.data[pad])

    def forward(self, input: Tensor) -> Tensor:
        """Ids (...) -> (..., dim)."""
        return super().forward(input) * self.embedding_dim**0.5


class WordDropout(nn.Module):
    """While training, whole words are hidden (zeros), so that the rest must be told from elsewhere.

    Bowman et al. 2016, section 3.1.
    """

    def __init__(self, share: float):
        super().__init__()
        self.hide = nn.Dropout(share)
        self.share = share

    def forward(self, words: Tensor) -> Tensor:
        """(B, L, E) -> (B, L, E)."""
        if not self.training or self.share == 0:
            return words
        return words * (self.hide(words.new_ones(*words.shape[:2], 1)) > 0)


def without_padding(ids: Tensor, pad: int) -> Tensor:
    """The same ids, IGNORED where there is only padding: what a caption is compared with."""
    return ids.masked_fill(ids == pad, IGNORED)


def read_before(ids: Tensor, begin: int) -> Tensor:
    """(B, L) -> (B, L): what has been written before each word: the begin token, then the words but the last."""
    return torch.cat([torch.full_like(ids[:, :1], begin), ids[:, :-1]], dim=1)
