from __future__ import annotations

from torch import Tensor, nn

from fabula.encoders.text_gives import Gives, as_given
from fabula.layers.bidirectional import BothWays, ends
from fabula.layers.ranges import Number, Share
from fabula.layers.words import WordEmbedding
from fabula.roles import TextEncoder
from fabula.types import Tokens, Vocabulary


class BiLSTMTextEncoder(TextEncoder):
    """Reads the caption from both ends: a word's token knows what comes before it and what comes after.

    A token is the states of both directions at its word; the sentence is those that each direction ends with. Both
    pass through one projection from twice the model's width back to it. `embedding` is the size of a word's vector,
    the model's width if it is not given.
    """

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
        widths = [embedding or dim] + [2 * dim] * (layers - 1)
        self.layers = nn.ModuleList(BothWays(width, dim) for width in widths)
        self.join = nn.Linear(2 * dim, dim)

    def forward(self, captions: Tensor) -> Tokens:
        mask = captions != self.pad
        states = self.dropout(self.embed(captions))
        for layer in self.layers:
            states = self.dropout(layer(states, mask))  # (N, L, 2 * D)
        words = Tokens(self.join(states) * mask[..., None], mask)
        return as_given(self.gives, words, self.join(ends(states, mask)))
