from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, cast

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from fabula.counting.asked import along, of_every, of_last, of_next
from fabula.counting.counts import Counts
from fabula.layers.causal import CausalLayer, Kept, turns
from fabula.layers.line import Layout, Line, in_line, one_later
from fabula.layers.ranges import Number, Share
from fabula.layers.seen import Seen
from fabula.layers.voices import LEAST, VOICES, Heard, Voices
from fabula.layers.words import WordEmbedding, read_before, without_padding
from fabula.roles import CaptionDecoder, Carry
from fabula.types import Compared, Memory, Spoken, Tokens, Vocabulary

POINTER = VOICES.index("pointer")
BESIDE = 5  # what is carried from word to word beside the keys and values of the layers


class Read(NamedTuple):
    """A story that was read as one line."""

    layout: Layout
    line: Line
    words: Tensor  # (B, T) what was read: begin, or a word; padding at pictures
    next: Tensor  # (B, T) the word that follows in the caption; padding at pictures
    frame: Tensor  # (B, T) of which frame
    hidden: Tensor  # (B, T, D)
    kept: list[Kept]  # of each layer


class StoryCaptionDecoder(CaptionDecoder):
    """Reads the whole story from left to right as one line, each frame its picture and then its words, and writes on.

    One causal transformer both reads and writes (Radford et al. 2019), so that one pass over K + 1 frames teaches K + 1
    captions. Those of the context are offered as `retold`, the nats of each of their tokens, and as `alone`, those
    of the network without other voices, for it learns nothing where another is always right. While training, the
    picture of a frame is hidden with the odds `blind`: a caption is then told from the story so far, as it is in
    telling; the others are told from their pictures, which teaches what words look like. What is written mixes three
    voices (layers/voices.py): the network, a pointer to what has been said, and n-gram counts.

    With T tokens in all, reading costs T D^2 + T^2 D a layer; writing one more word T D + D^2, as all is kept.
    """

    reads = "context"
    offers = ("retold", "alone")

    def __init__(
        self,
        dim: int,
        vocabulary: Vocabulary,
        *,
        layers: Number = 4,
        heads: Number = 4,
        dropout: Share = 0.1,
        blind: Share = 0.5,
        pictures: Number = 8,
        counts: bool = False,
    ):
        super().__init__()
        self.vocabulary, self.blind, self.width = vocabulary, blind, dim // heads
        self.embed = WordEmbedding(vocabulary.size, dim, vocabulary.pad)
        self.look = nn.Sequential(nn.LayerNorm(dim), nn.Linear(dim, dim))
        self.slots = nn.Parameter(torch.randn(pictures, dim) * 0.02)
        self.dropout = nn.Dropout(dropout)
        self.layers = nn.ModuleList(CausalLayer(dim, heads=heads, dropout=dropout) for _ in range(layers))
        self.norm = nn.LayerNorm(dim)
        self.counts = Counts(vocabulary) if counts else None
        self.voices = Voices(dim, vocabulary, self.embed, counts=counts)
        self.measures = tuple(f"{name}_share" for name in self.voices.names)
        self.pointed, self.copied = Seen("B L KL"), Seen("B L")

    def prepare(self, captions: NDArray[np.int64], story: NDArray[np.int64]) -> None:
        if self.counts is not None:
            self.counts.fit(captions, story)

    def forward(self, memory: Memory, target: Tensor) -> Compared:
        """While training nobody speaks where all captions of a batch have ended: zeros stand there."""
        read = self._read(memory, target)
        heard, last = self._heard(read), read.layout.count
        retold = (read.next != self.vocabulary.pad) & (read.frame < last)
        counted = along(self.counts, read.layout, read.line)
        apart = self.voices.apart(read.hidden, heard, read.next, retold)
        nats = -self.voices.together(read.hidden, apart, counted)[retold]
        spoken = self._spoken(target)
        there = _at(_places(read.frame == last, target)[:, :spoken], read, heard)
        said = self.voices(*there, of_every(self.counts, read.layout, spoken, self.vocabulary))
        self.copied(said.shares[..., POINTER])
        if self.pointed.watched:
            self.pointed(read.layout.over_words(read.line, said.pointed))
        shares = _over_captions(said.shares.detach(), target[:, :spoken] != self.vocabulary.pad).unbind(1)
        beside = {"retold": nats, "alone": -apart[0][retold].clamp(min=LEAST).log()}
        beside |= dict(zip(self.measures, shares, strict=True))
        words = F.pad(said.words, (0, 0, 0, target.shape[1] - spoken))
        return Compared(words, without_padding(target, self.vocabulary.pad), beside)

    def _spoken(self, target: Tensor) -> int:
        """At how many places of the target something is said."""
        return int((target != self.vocabulary.pad).sum(1).max()) if self.training else target.shape[1]

    def begin(self, memory: Memory) -> Carry:
        """The place and the state after the context, which of it is real, its words, their keys, and the layers'."""
        read = self._read(memory)
        place = read.line.real.sum(1)
        keys = self.voices.keys(one_later(read.hidden))
        kept = (part for layer in read.kept for part in layer)
        return place, torch.zeros_like(read.hidden[:, 0]), read.line.real, read.words, keys, *kept

    def step(self, words: Tensor, carry: Carry) -> tuple[Tensor, Carry]:
        place, before, real, said, keys = carry[:BESIDE]
        real = torch.cat([real, torch.ones_like(real[:, :1])], 1)
        said = torch.cat([said, words[:, None]], 1)
        keys = torch.cat([keys, self.voices.keys(before)[:, None]], 1)
        kept = list(zip(carry[BESIDE::2], carry[BESIDE + 1 :: 2], strict=True))
        hidden, kept = self._through(self.embed(words)[:, None], place[:, None], kept, real[:, None, None])
        open_here = Heard(said, keys, self.voices.copyable(said)[:, None])
        logits = self.voices(hidden, open_here, of_next(self.counts, said, self.vocabulary)).words
        after = (part for layer in kept for part in layer)
        return logits[:, 0], (place + 1, hidden[:, 0], real, said, keys, *after)

    def reading(self, memory: Memory, captions: Tensor, heard: Tensor | None = None) -> Tokens:
        read = self._read(memory, captions)
        said = read.next != self.vocabulary.pad
        if heard is not None:
            said = said & heard[:, None]
        return Tokens(read.hidden, read.line.real & ((read.frame < read.layout.count) | said))

    def captioned(self, memory: Memory) -> Tensor:
        """Log-probability (B,) of the newest frame's caption, for one who sees its picture and all before it."""
        read, newest = self._read(memory), memory.context.present.sum(1, keepdim=True) - 1
        counted = along(self.counts, read.layout, read.line)
        said = self.voices.likelihood(read.hidden, self._heard(read), read.next, counted)
        return (said * ((read.frame == newest) & (read.next != self.vocabulary.pad))).sum(1)

    def apart(self, memory: Memory, target: Tensor) -> Mapping[str, Spoken]:
        read = self._read(memory, target)
        there = _at(_places(read.frame == read.layout.count, target), read, self._heard(read))
        counted = of_last(self.counts, read.layout)
        spoken, padding = self.voices.spoken(*there, target, counted), target == self.vocabulary.pad
        return {name: Spoken(*(part.masked_fill(padding, 0) for part in voice)) for name, voice in spoken.items()}

    def _read(self, memory: Memory, target: Tensor | None = None) -> Read:
        pictures = self._pictures(memory)
        layout = self._laid_out(pictures, memory, target)
        real = layout.captions != self.vocabulary.pad
        real[:, layout.count :] = True  # of the target every place stays, so that what is said there is found again
        words = read_before(layout.captions.flatten(0, 1), self.vocabulary.begin).view_as(layout.captions)
        words = words.masked_fill(~real, self.vocabulary.pad)
        spoken = Tokens(self.dropout(self.embed(words)), real)
        line = in_line(Tokens(*(layout.joined(*pair) for pair in zip(pictures, spoken, strict=True))))
        pad = self.vocabulary.pad
        said, following = (line.take(layout.beside(part, pad), pad) for part in (words, layout.captions))
        hidden, kept = self._through(line.values, torch.arange(said.shape[1], device=said.device)[None])
        return Read(layout, line, said, following, line.take(layout.frames(), -1), hidden, kept)

    def _heard(self, read: Read) -> Heard:
        """Every place may copy the words that were read until there."""
        until = read.words.new_ones(read.words.shape[1], read.words.shape[1], dtype=torch.bool).tril()
        keys = self.voices.keys(one_later(read.hidden))
        return Heard(read.words, keys, self.voices.copyable(read.words)[:, None] & until)

    def _captions(self, memory: Memory, target: Tensor | None) -> Tensor:
        """(B, K or K + 1, L): the captions of the context, padding where a frame is absent, and what follows."""
        known = memory.context.captions.masked_fill(~memory.context.present[..., None], self.vocabulary.pad)
        if target is None:
            return known
        length = max(known.shape[2], target.shape[1])
        return torch.cat([self._as_long(known, length), self._as_long(target, length)[:, None]], 1)

    def _as_long(self, captions: Tensor, length: int) -> Tensor:
        return F.pad(captions, (0, length - captions.shape[-1]), value=self.vocabulary.pad)

    def _laid_out(self, pictures: Tokens, memory: Memory, target: Tensor | None) -> Layout:
        captions = self._captions(memory, target)
        return Layout(captions, memory.context.present.shape[1], pictures.mask.shape[2])

    def _pictures(self, memory: Memory) -> Tokens:
        """(B, K, F, D) of the frames whose pictures are looked at; F is 0 where there are none."""
        context, count = memory.context, len(self.slots)
        if memory.pictures is None:
            none = self.slots.new_zeros(*context.present.shape, 0, self.slots.shape[-1])
            return Tokens(none, none[..., 0].bool())
        values, mask = (part[:, :, :count] for part in memory.pictures)
        mask = mask & context.present[..., None]
        if self.training:
            mask = mask & (torch.rand_like(values[..., :1, 0]) >= self.blind)
        real = values.where(mask[..., None], values.new_zeros(()))
        return Tokens(self.look(real) + self.slots[: values.shape[2]], mask)

    def _through(self, values: Tensor, places: Tensor, kept: list[Kept] | None = None, mask: Tensor | None = None):
        """(B, T, D) -> (B, T, D), and the keys and values of each layer."""
        turn, after = turns(places, self.width), []
        for number, layer in enumerate(cast("Iterable[CausalLayer]", self.layers)):
            values, more = layer(values, turn, kept[number] if kept else None, mask)
            after.append(more)
        return self.norm(values), after


def _places(there: Tensor, like: Tensor) -> Tensor:
    """(B, T) bool, True in one run of L in each row -> (B, L): the places of the run."""
    return there.int().argmax(1, keepdim=True) + torch.arange(like.shape[1], device=like.device)


def _at(places: Tensor, read: Read, heard: Heard) -> tuple[Tensor, Heard]:
    """The states at some places of each row, (B, L, D), and what these may copy."""
    rows = torch.arange(len(places), device=places.device)[:, None]
    return read.hidden[rows, places], heard._replace(open=heard.open[rows, places])


def _over_captions(shares: Tensor, real: Tensor) -> Tensor:
    """(B, L, G) -> (B, G), the mean over the words of each caption."""
    return (shares * real[..., None]).sum(1) / real.sum(1, keepdim=True).clamp(min=1)
