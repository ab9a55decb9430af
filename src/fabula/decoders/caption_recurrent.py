from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

from fabula.layers.asking import MemoryAttention
from fabula.layers.ranges import Number, Share
from fabula.layers.recurrent import recurrent
from fabula.layers.words import WordDropout, WordEmbedding, read_before, without_padding
from fabula.roles import CaptionDecoder, Carry
from fabula.types import Compared, Frames, Memory, Vocabulary


class Voice(nn.Module):
    """From the hidden states to the words: a projection and a table of words, which may be the one that is read."""

    def __init__(self, dim: int, vocabulary: Vocabulary, embed: WordEmbedding, *, tied: bool):
        super().__init__()
        self.vocabulary = vocabulary
        self.project = nn.Linear(dim, embed.embedding_dim)
        self.choose = nn.Linear(embed.embedding_dim, vocabulary.size)
        if tied:
            self.choose.weight = embed.weight

    def hear(self, context: Frames, embed: WordEmbedding) -> Carry:
        """What the voice keeps of the context from word to word: nothing."""
        return ()

    def forward(self, hidden: Tensor, heard: Carry) -> Tensor:
        """(B, L, D) -> logits (B, L, V)."""
        return self.choose(self.project(hidden))


class GRUCaptionDecoder(CaptionDecoder):
    """Writes word by word. The memory gives the first state, and stands beside every word that is read.

    `word_dropout` hides that share of the true words while training, so that the memory is needed;
    `tied` uses one table for the words read and the words written (Press & Wolf 2017);
    `embedding` is the size of a word's vector, the model's width if it is not given;
    with `attention` every hidden state also asks the tokens of the memory, and what it finds is added to it before a
    word is chosen: a mean cannot say which token matters now.
    """

    cell: ClassVar[type[nn.GRU] | type[nn.LSTM]] = nn.GRU
    states: ClassVar[int] = 1  # tensors that the cell carries
    voice: ClassVar[type[Voice]] = Voice

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
        attention: bool = False,
    ):
        super().__init__()
        self.vocabulary, self.layers = vocabulary, layers
        self.embed = WordEmbedding(vocabulary.size, embedding or dim, vocabulary.pad)
        self.hide = WordDropout(word_dropout)
        self.dropout = nn.Dropout(dropout)
        self.norm = nn.LayerNorm(dim)  # the memory is as loud as a word
        self.start = nn.Linear(dim, self.states * layers * dim)
        self.condition = nn.Linear(dim, dim)
        self.rnn = recurrent(self.cell, self.embed.embedding_dim + dim, dim, layers=layers, dropout=dropout)
        self.speak = self.voice(dim, vocabulary, self.embed, tied=tied)
        self.ask = MemoryAttention(dim, dropout=dropout) if attention else None

    def forward(self, memory: Memory, target: Tensor) -> Compared:
        words = self.hide(self.embed(read_before(target, self.vocabulary.begin)))
        logits, _ = self._write(words, self.begin(memory))
        return Compared(logits, without_padding(target, self.vocabulary.pad))

    def begin(self, memory: Memory) -> Carry:
        """The cell's states, each (B, layers, D), the condition (B, D), what the asking has heard, and the voice."""
        known = self.norm(memory.state.mean())
        states = self.start(known).tanh().unflatten(1, (self.states, self.layers, -1)).unbind(1)
        asked = self.ask.heard(memory.state) if self.ask else ()
        return *states, self.condition(known), *asked, *self.speak.hear(memory.context, self.embed)

    def step(self, words: Tensor, carry: Carry) -> tuple[Tensor, Carry]:
        logits, carry = self._write(self.embed(words)[:, None], carry)
        return logits[:, 0], carry

    def _write(self, words: Tensor, carry: Carry) -> tuple[Tensor, Carry]:
        """(B, L, E) -> logits (B, L, V) and what the next words need."""
        state, (condition, *heard) = carry[: self.states], carry[self.states :]
        beside = condition[:, None].expand(-1, words.shape[1], -1)
        layered = tuple(part.transpose(0, 1).contiguous() for part in state)  # torch wants (layers, B, D)
        given = layered[0] if self.cell is nn.GRU else layered
        hidden, after = self.rnn(torch.cat([self.dropout(words), beside], -1), given)
        state = tuple(part.transpose(0, 1) for part in ([after] if self.cell is nn.GRU else after))
        return self._say(self.dropout(hidden), tuple(heard)), (*state, condition, *heard)

    def _say(self, hidden: Tensor, heard: Carry) -> Tensor:
        """(B, L, D) -> logits (B, L, V), with what the memory answers where it is asked."""
        if self.ask is None:
            return self.speak(hidden, heard)
        found = self.ask(hidden, heard[: MemoryAttention.kept])
        return self.speak(hidden + self.dropout(found), heard[MemoryAttention.kept :])


class LSTMCaptionDecoder(GRUCaptionDecoder):
    """The same with LSTM cells."""

    cell = nn.LSTM
    states = 2
