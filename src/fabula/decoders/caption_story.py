from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, cast

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from fabula.counting.counts import Counts
from fabula.layers.causal import CausalLayer, Kept, turns
from fabula.layers.line import Line, in_line, one_later
from fabula.layers.ranges import Number, Share
from fabula.layers.seen import Seen
from fabula.layers.voices import LEAST, VOICES, Counted, Heard, Voices
from fabula.layers.words import WordEmbedding, read_before, without_padding
from fabula.roles import CaptionDecoder, Carry
from fabula.types import Compared, Memory, Spoken, Tokens, Vocabulary

POINTER = VOICES.index("pointer")
BESIDE = 5  # what is carried from word to word beside the keys and values of the layers


class Read(NamedTuple):
    """A story that was read as one line."""

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
        read, last = self._read(memory, target), memory.context.present.shape[1]
        heard = self._heard(read)
        retold = (read.next != self.vocabulary.pad) & (read.frame < last)
        counted = self._counted(read, memory, target)
        apart = self.voices.apart(read.hidden, heard, read.next, retold)
        nats = -self.voices.together(read.hidden, apart, counted)[retold]
        spoken = self._spoken(target)
        there = _at(_places(read.frame == last, target)[:, :spoken], read, heard)
        said = self.voices(*there, self._counted_newest(memory, target, spoken))
        self.copied(said.shares[..., POINTER])
        if self.pointed.watched:
            self.pointed(self._over_words(said.pointed, read, memory))
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
        logits = self.voices(hidden, open_here, self._counted_following(said)).words
        after = (part for layer in kept for part in layer)
        return logits[:, 0], (place + 1, hidden[:, 0], real, said, keys, *after)

    def reading(self, memory: Memory, captions: Tensor, heard: Tensor | None = None) -> Tokens:
        read, last = self._read(memory, captions), memory.context.present.shape[1]
        said = read.next != self.vocabulary.pad
        if heard is not None:
            said = said & heard[:, None]
        return Tokens(read.hidden, read.line.real & ((read.frame < last) | said))

    def captioned(self, memory: Memory) -> Tensor:
        """Log-probability (B,) of the newest frame's caption, for one who sees its picture and all before it."""
        read, newest = self._read(memory), memory.context.present.sum(1, keepdim=True) - 1
        counted = self._counted(read, memory)
        said = self.voices.likelihood(read.hidden, self._heard(read), read.next, counted)
        return (said * ((read.frame == newest) & (read.next != self.vocabulary.pad))).sum(1)

    def apart(self, memory: Memory, target: Tensor) -> Mapping[str, Spoken]:
        read, last, counted = self._read(memory, target), memory.context.present.shape[1], None
        if self.counts is not None:
            counted = Counted(*(part[:, -1] for part in self.counts(self._captions(memory, target))))
        there = _at(_places(read.frame == last, target), read, self._heard(read))
        spoken, padding = self.voices.spoken(*there, target, counted), target == self.vocabulary.pad
        return {name: Spoken(*(part.masked_fill(padding, 0) for part in voice)) for name, voice in spoken.items()}

    def _read(self, memory: Memory, target: Tensor | None = None) -> Read:
        line, beside = self._laid_out(memory, target)
        words, following, frame = (line.take(part, self.vocabulary.pad) for part in beside)
        places = torch.arange(words.shape[1], device=words.device)[None]
        hidden, kept = self._through(line.values, places)
        return Read(line, words, following, frame.masked_fill(~line.real, -1), hidden, kept)

    def _heard(self, read: Read) -> Heard:
        """Every place may copy the words that were read until there."""
        until = read.words.new_ones(read.words.shape[1], read.words.shape[1], dtype=torch.bool).tril()
        keys = self.voices.keys(one_later(read.hidden))
        return Heard(read.words, keys, self.voices.copyable(read.words)[:, None] & until)

    def _counted(self, read: Read, memory: Memory, target: Tensor | None = None) -> Counted | None:
        """What counts say of the word that comes next, (B, T), along the line."""
        if self.counts is None:
            return None
        chance, known = self.counts(self._captions(memory, target))
        parts = (self._along(read, memory, part) for part in (chance, *known.unbind(-1)))
        chance, *known = parts
        return Counted(chance, torch.stack(known, -1))

    def _along(self, read: Read, memory: Memory, beside: Tensor) -> Tensor:
        """What stands beside the captions, (B, K or K + 1, L), along the line, (B, T); 0 at pictures."""
        count, seen = memory.context.present.shape[1], self._seen(memory)
        nothing = beside.new_zeros(len(beside), count, seen)
        return read.line.take(_beside(nothing, beside, count), 0)

    def _over_words(self, weights: Tensor, read: Read, memory: Memory) -> Tensor:
        """Weights of what was read along the line, (B, L, T), over the words of the context, (B, L, K L).

        What is left of 1 was pointed at words of the caption itself.
        """
        (count, length), seen = memory.context.captions.shape[1:], self._seen(memory)
        every = weights.new_zeros(*weights.shape[:2], count * (seen + length) + weights.shape[1])
        every = every.scatter(2, read.line.source[:, None].expand_as(weights), weights)
        frames = every[..., : count * (seen + length)].unflatten(2, (count, seen + length))
        return F.pad(frames[..., seen + 1 :], (0, 1)).flatten(2)  # a word is read one place after it is wanted

    def _counted_newest(self, memory: Memory, target: Tensor, spoken: int) -> Counted | None:
        """What counts say of every word at the first places of the target, (B, spoken, V)."""
        if self.counts is None:
            return None
        if not self.training:  # a place says the same, whether a word is wanted there or not
            target = target.masked_fill(target == self.vocabulary.pad, self.vocabulary.end)
        return Counted(*(part[:, :spoken] for part in self.counts.newest(self._captions(memory, target))))

    def _counted_following(self, said: Tensor) -> Counted | None:
        """What counts say of the next word, (B, 1, V), after all that was said, (B, T)."""
        if self.counts is None:
            return None
        last, before = said[:, -1], said[:, -2] if said.shape[1] > 1 else said[:, -1]
        before = torch.where(last == self.vocabulary.begin, last, before)
        return Counted(*(part[:, None] for part in self.counts.following(torch.stack([before, last], 1))))

    def _captions(self, memory: Memory, target: Tensor | None) -> Tensor:
        """(B, K or K + 1, L): the captions of the context, padding where a frame is absent, and what follows."""
        known = memory.context.captions.masked_fill(~memory.context.present[..., None], self.vocabulary.pad)
        if target is None:
            return known
        length = max(known.shape[2], target.shape[1])
        return torch.cat([self._as_long(known, length), self._as_long(target, length)[:, None]], 1)

    def _as_long(self, captions: Tensor, length: int) -> Tensor:
        return F.pad(captions, (0, length - captions.shape[-1]), value=self.vocabulary.pad)

    def _seen(self, memory: Memory) -> int:
        """How many tokens each picture has."""
        return 0 if memory.pictures is None else min(len(self.slots), memory.pictures.mask.shape[2])

    def _laid_out(self, memory: Memory, target: Tensor | None) -> tuple[Line, tuple[Tensor, Tensor, Tensor]]:
        """The line; and of every vector the word that is read there, the next one, and the frame, (B, S) each."""
        context, pictures = memory.context, self._pictures(memory)
        following, count = self._captions(memory, target), context.present.shape[1]
        real = following != self.vocabulary.pad
        real[:, count:] = True  # of the target every place stays where it is, so that what is said there is found again
        words = read_before(following.flatten(0, 1), self.vocabulary.begin).view_as(following)
        words = words.masked_fill(~real, self.vocabulary.pad)
        frame = torch.arange(following.shape[1], device=words.device)[None, :, None].expand_as(words)
        tokens = Tokens(self.dropout(self.embed(words)), real)
        line = in_line(Tokens(*(_beside(p, t, count) for p, t in zip(pictures, tokens, strict=True))))
        nothing = words.new_full((len(words), count, self._seen(memory)), self.vocabulary.pad)
        where = frame[:, :count, :1].expand_as(nothing)
        return line, (_beside(nothing, words, count), _beside(nothing, following, count), _beside(where, frame, count))

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


def _beside(pictures: Tensor, words: Tensor, count: int) -> Tensor:
    """(B, count, F, ...) and (B, count or one more, L, ...) -> (B, S, ...): each frame's picture, then its words."""
    frames = torch.cat([pictures, words[:, :count]], 2).flatten(1, 2)
    return torch.cat([frames, words[:, count:].flatten(1, 2)], 1)


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
