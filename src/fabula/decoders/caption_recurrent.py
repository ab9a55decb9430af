from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

from fabula.layers.ranges import Number, Share
from fabula.layers.recurrent import recurrent
from fabula.layers.words import WordDropout, WordEmbedding, read_before, without_padding
from fabula.roles import CaptionDecoder, Carry
from fabula.types import Compared, Memory, Vocabulary


class GRUCaptionDecoder(CaptionDecoder):
    """Writes word by word. The memory gives the first state, and stands beside every word that is read.

    `word_dropout` hides that share of the true words while training, so that the memory is needed;
    `tied` uses one table for the words read and the words written (Press & Wolf 2017);
    `embedding` is the size of a word's vector, the model's width if it is not given.
    """

    cell: ClassVar[type[nn.GRU] | type[nn.LSTM]] = nn.GRU
    states: ClassVar[int] = 1  # tensors that the cell carries

    def __init__(
        self,
        dim: int,
        vocabulary: Vocabulary,
        *,
        layers: Number = 1,
        dropout: Share = 0.1,
        word_dropout: Share = 0.1,
        embedding: Number | None = None,
        tied: bool = True,
    ):
        super().__init__()
        self.vocabulary, self.layers = vocabulary, layers
        width = embedding or dim
        self.embed = WordEmbedding(vocabulary.size, width, vocabulary.pad)
        self.hide = WordDropout(word_dropout)
        self.dropout = nn.Dropout(dropout)
        self.norm = nn.LayerNorm(dim)  # the memory is as loud as a word
        self.start = nn.Linear(dim, self.states * layers * dim)
        self.condition = nn.Linear(dim, dim)
        self.rnn = recurrent(self.cell, width + dim, dim, layers=layers, dropout=dropout)
        self.project = nn.Linear(dim, width)
        self.choose = nn.Linear(width, vocabulary.size)
        if tied:
            self.choose.weight = self.embed.weight

    def forward(self, memory: Memory, target: Tensor) -> Compared:
        condition, *state = self.begin(memory)
        words = self.hide(self.embed(read_before(target, self.vocabulary.begin)))
        logits, _ = self._write(words, condition, state)
        return Compared(logits, without_padding(target, self.vocabulary.pad))

    def begin(self, memory: Memory) -> Carry:
        """The condition (B, D), then the cell's states, each (B, layers, D)."""
        known = self.norm(memory.state.mean())
        states = self.start(known).tanh().unflatten(1, (self.states, self.layers, -1)).unbind(1)
        return self.condition(known), *states

    def step(self, words: Tensor, carry: Carry) -> tuple[Tensor, Carry]:
        condition, *state = carry
        logits, state = self._write(self.embed(words)[:, None], condition, state)
        return logits[:, 0], (condition, *state)

    def _write(self, words: Tensor, condition: Tensor, state: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """(B, L, E) -> logits (B, L, V) and the states after the last word."""
        beside = condition[:, None].expand(-1, words.shape[1], -1)
        layered = [part.transpose(0, 1).contiguous() for part in state]  # torch wants (layers, B, D)
        given = layered[0] if self.cell is nn.GRU else tuple(layered)
        hidden, after = self.rnn(torch.cat([self.dropout(words), beside], -1), given)
        logits = self.choose(self.project(self.dropout(hidden)))
        return logits, [part.transpose(0, 1) for part in ([after] if self.cell is nn.GRU else after)]


class LSTMCaptionDecoder(GRUCaptionDecoder):
    """The same with LSTM cells."""

    cell = nn.LSTM
    states = 2
