from __future__ import annotations

from typing import ClassVar

from torch import Tensor, nn

from fabula.encoders.text_gives import Gives, as_given
from fabula.layers.frames import newest
from fabula.layers.ranges import Number, Share
from fabula.layers.recurrent import read, recurrent
from fabula.layers.words import WordEmbedding
from fabula.roles import TextEncoder
from fabula.types import Tokens, Vocabulary


class GRUTextEncoder(TextEncoder):
    """Reads the caption word by word; the state after each word is a token, the one after the last the sentence.

    `embedding` is the size of a word's vector, the model's width if it is not given.
    """

    cell: ClassVar[type[nn.GRU] | type[nn.LSTM]] = nn.GRU

    def __init__(
        self,
        dim: int,
        vocabulary: Vocabulary,
        *,
        layers: Number = 1,
        dropout: Share = 0.0,
        embedding: Number | None = None,
        gives: Gives = "words",
    ):
        super().__init__()
        self.pad, self.gives = vocabulary.pad, gives
        self.embed = WordEmbedding(vocabulary.size, embedding or dim, vocabulary.pad)
        self.dropout = nn.Dropout(dropout)
        self.rnn = recurrent(self.cell, embedding or dim, dim, layers=layers, dropout=dropout)

    def forward(self, captions: Tensor) -> Tokens:
        mask = captions != self.pad
        states = self.dropout(read(self.rnn, self.dropout(self.embed(captions)), mask))
        return as_given(self.gives, Tokens(states, mask), newest(states, mask))


class LSTMTextEncoder(GRUTextEncoder):
    """The same with LSTM cells."""

    cell = nn.LSTM
