from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import torch
from torch import Tensor, nn

from fabula.decoders.caption_recurrent import Voice
from fabula.layers.asking import WritingLayer
from fabula.layers.positions import sinusoids
from fabula.layers.ranges import Number, Share
from fabula.layers.words import WordDropout, WordEmbedding, read_before, without_padding
from fabula.roles import CaptionDecoder, Carry
from fabula.types import Compared, Memory, Vocabulary


class TransformerCaptionDecoder(CaptionDecoder):
    """Every word reads all words before it and every token of the memory (Vaswani et al. 2017).

    Places are sinusoids, so a caption may be longer than any that was learned from. Keys and values are kept from word
    to word: the next word costs one word, not the whole caption.
    `word_dropout` hides that share of the true words while training, so that the memory is needed;
    `tied` uses one table for the words read and the words written (Press & Wolf 2017);
    `embedding` is the size of a word's vector, the model's width if it is not given.
    """

    def __init__(
        self,
        dim: int,
        vocabulary: Vocabulary,
        *,
        layers: Number = 2,
        heads: Number = 4,
        dropout: Share = 0.1,
        word_dropout: Share = 0.1,
        embedding: Number | None = None,
        tied: bool = True,
    ):
        super().__init__()
        self.vocabulary = vocabulary
        self.embed = WordEmbedding(vocabulary.size, embedding or dim, vocabulary.pad)
        self.hide = WordDropout(word_dropout)
        self.dropout = nn.Dropout(dropout)
        self.enter = nn.Linear(self.embed.embedding_dim, dim)
        self.layers = nn.ModuleList(WritingLayer(dim, heads=heads, dropout=dropout) for _ in range(layers))
        self.norm = nn.LayerNorm(dim)
        self.speak = Voice(dim, vocabulary, self.embed, tied=tied)

    def forward(self, memory: Memory, target: Tensor) -> Compared:
        words = self.hide(self.embed(read_before(target, self.vocabulary.begin)))
        logits, _ = self._write(words, self.begin(memory))
        return Compared(logits, without_padding(target, self.vocabulary.pad))

    def begin(self, memory: Memory) -> Carry:
        """What each layer keeps, one after the other."""
        layers = cast("Iterable[WritingLayer]", self.layers)
        return tuple(part for layer in layers for part in layer.begin(memory.state))

    def step(self, words: Tensor, carry: Carry) -> tuple[Tensor, Carry]:
        logits, carry = self._write(self.embed(words)[:, None], carry)
        return logits[:, 0], carry

    def _write(self, words: Tensor, carry: Carry) -> tuple[Tensor, Carry]:
        """(B, L, E) -> logits (B, L, V) and what the next words need."""
        hidden, after = self._placed(words, written=carry[0].shape[2]), []
        for number, layer in enumerate(self.layers):
            kept = carry[number * WritingLayer.kept : (number + 1) * WritingLayer.kept]
            hidden, kept = layer(hidden, kept)
            after += kept
        return self.speak(self.norm(hidden), ()), tuple(after)

    def _placed(self, words: Tensor, *, written: int) -> Tensor:
        """(B, L, E) -> (B, L, D), each with its place in the caption."""
        entered = self.enter(words)
        places = torch.arange(written, written + words.shape[1], device=words.device)
        return self.dropout(entered + sinusoids(places, entered.shape[-1]))
