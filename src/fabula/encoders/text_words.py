from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fabula.layers.words import WordEmbedding
from fabula.roles import TextEncoder
from fabula.types import Tokens, Vocabulary


class WordsTextEncoder(TextEncoder):
    """Every word with the one before it, no more: hardly any work, for decoders that read the captions themselves."""

    def __init__(self, dim: int, vocabulary: Vocabulary):
        super().__init__()
        self.pad = vocabulary.pad
        self.embed = WordEmbedding(vocabulary.size, dim, vocabulary.pad)
        self.pair = nn.Linear(2 * dim, dim)

    def forward(self, captions: Tensor) -> Tokens:
        words = self.embed(captions)
        before = F.pad(words, (0, 0, 1, 0))[:, :-1]
        return Tokens(F.gelu(self.pair(torch.cat([before, words], -1))), captions != self.pad)
