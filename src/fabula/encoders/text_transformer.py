from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fabula.encoders.text_gives import Gives, as_given
from fabula.layers.attention import FixedQueryAttention
from fabula.layers.positions import sinusoids
from fabula.layers.ranges import Number, Share
from fabula.layers.transformer import Transformer
from fabula.layers.words import WordEmbedding
from fabula.roles import TextEncoder
from fabula.types import Tokens, Vocabulary


class TransformerTextEncoder(TextEncoder):
    """Every word reads every other; a caption may be of any length.

    The sentence is what one learned query hears in the words.
    """

    def __init__(
        self,
        dim: int,
        vocabulary: Vocabulary,
        *,
        layers: Number = 2,
        heads: Number = 4,
        dropout: Share = 0.0,
        gives: Gives = "words",
    ):
        super().__init__()
        self.pad, self.dim, self.gives = vocabulary.pad, dim, gives
        self.embed = WordEmbedding(vocabulary.size, dim, vocabulary.pad)
        self.dropout = nn.Dropout(dropout)
        self.layers = Transformer(dim, layers=layers, heads=heads, dropout=dropout, axes="N L L'")
        self.whole = None if gives == "words" else FixedQueryAttention(dim, axes="N L")

    def forward(self, captions: Tensor) -> Tokens:
        mask = captions != self.pad
        longest = max(1, int(mask.sum(1).max()))  # where all have ended there is nothing to read
        values = self._read(captions[:, :longest], mask[:, :longest])
        words = Tokens(F.pad(values, (0, 0, 0, captions.shape[1] - longest)), mask)
        return as_given(self.gives, words, self.whole(*words)) if self.whole else words

    def _read(self, captions: Tensor, mask: Tensor) -> Tensor:
        places = torch.arange(captions.shape[1], device=captions.device)
        embedded = self.dropout(self.embed(captions) + sinusoids(places, self.dim))
        return self.layers(Tokens(embedded, mask)).values
