from __future__ import annotations

import torch
from torch import Tensor, nn

from fabula.decoders.caption_recurrent import GRUCaptionDecoder, Voice
from fabula.layers.attention import masked_softmax
from fabula.layers.seen import Seen
from fabula.layers.words import WordEmbedding
from fabula.roles import Carry
from fabula.types import Frames, Vocabulary

LEAST = 1e-9  # below this a probability is not told apart from 0


class PointingVoice(Voice):
    """Chooses a word, or copies one from the earlier captions: names are pointed at, not remembered.

    The hidden state attends over all words of the context. What it finds helps to choose, and a gate mixes that choice
    with the attention itself, read as the probability to copy (See et al. 2017, pointer-generator networks, eq. 8-9).
    A word of the context is known by itself, its two neighbours and how many frames ago it was said.
    """

    def __init__(self, dim: int, vocabulary: Vocabulary, embed: WordEmbedding, *, tied: bool):
        super().__init__(dim, vocabulary, embed, tied=tied)
        self.around = nn.Conv1d(embed.embedding_dim, dim, 3, padding=1)
        self.ago = nn.Linear(1, dim)
        self.ask = nn.Linear(dim, dim)
        self.add = nn.Linear(dim, dim)
        self.copies = nn.Linear(2 * dim, 1)
        self.seen, self.copied = Seen("B L KL"), Seen("B L")

    def hear(self, context: Frames, embed: WordEmbedding) -> Carry:
        """The words that may be copied (B, S), padding elsewhere, and each as a vector (B, S, D)."""
        words = context.captions.masked_fill(~context.present[..., None], self.vocabulary.pad)
        read = self.around(embed(words).flatten(0, 1).transpose(1, 2)).transpose(1, 2).unflatten(0, words.shape[:2])
        later = context.present.flip(1).cumsum(1).flip(1) - 1  # (B, K): present frames after this one
        read = read + self.ago(later[..., None].to(read.dtype))[:, :, None]
        return words.masked_fill(words == self.vocabulary.end, self.vocabulary.pad).flatten(1), read.flatten(1, 2)

    def forward(self, hidden: Tensor, heard: Carry) -> Tensor:
        """(B, L, D) -> log-probabilities of the mixture (B, L, V)."""
        words, read = heard
        there = words != self.vocabulary.pad
        scores = self.ask(hidden) @ read.transpose(1, 2) / read.shape[-1] ** 0.5
        weights = self.seen(masked_softmax(scores, there[:, None]))  # (B, L, S)
        found = weights @ read
        chosen = super().forward(hidden + self.add(found), ()).float().softmax(-1)
        share = self.copies(torch.cat([hidden, found], -1)).sigmoid().float() * there.any(-1)[:, None, None]
        self.copied(share.squeeze(-1))
        copied = torch.zeros_like(chosen).scatter_add(2, words[:, None].expand_as(weights), weights.float())
        return ((1 - share) * chosen + share * copied).clamp(min=LEAST).log()


class PointerCaptionDecoder(GRUCaptionDecoder):
    """A GRU that writes with a pointing voice."""

    voice = PointingVoice
