"""Several voices that say one word: what a network thinks, and what has been said before."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from fabula.layers.attention import masked_softmax
from fabula.layers.seen import Seen
from fabula.layers.words import WordEmbedding
from fabula.types import Vocabulary

LEAST = 1e-9  # below this a probability is not told apart from 0


class Heard(NamedTuple):
    """What has been said so far, and what may be copied of it."""

    words: Tensor  # (B, T)
    keys: Tensor  # (B, T, P)
    open: Tensor  # (B, Q, T) bool: which of these each of Q places may copy


class Voices(nn.Module):
    """A learned gate mixes probabilities of the next word: `p = g_network p_network + g_pointer p_pointer`.

    The network chooses among all words. The pointer copies a word that was said where the reader was in a like state
    of mind: the query is the state now, the key the state just before that word (Merity et al. 2017, pointer sentinel
    mixture, section 2; Grave et al. 2017, neural cache, section 3, both here learned).
    """

    names = ("network", "pointer")

    def __init__(self, dim: int, vocabulary: Vocabulary, embed: WordEmbedding):
        super().__init__()
        self.vocabulary = vocabulary
        self.choose = nn.Linear(dim, vocabulary.size)
        self.choose.weight = embed.weight
        self.ask, self.key = nn.Linear(dim, dim // 2), nn.Linear(dim, dim // 2)
        self.gate = nn.Linear(dim, len(self.names))
        self.seen = Seen("B L T")

    def keys(self, before: Tensor) -> Tensor:
        """The states (B, T, D) just before each word -> (B, T, P)."""
        return self.key(before)

    def copyable(self, words: Tensor) -> Tensor:
        """(B, T) bool: words of captions."""
        return (words != self.vocabulary.pad) & (words != self.vocabulary.begin)

    def forward(self, hidden: Tensor, heard: Heard) -> Tensor:
        """(B, Q, D) -> log-probabilities of every word (B, Q, V)."""
        network, pointer = self._shares(hidden).split(1, -1)
        chosen = self.choose(hidden).float().softmax(-1)
        weights = self.seen(self._weights(hidden, heard))
        words = heard.words[:, None].expand_as(weights)
        copied = torch.zeros_like(chosen).scatter_add(2, words, weights)
        return (network * chosen + pointer * copied).clamp(min=LEAST).log()

    def likelihood(self, hidden: Tensor, heard: Heard, said: Tensor) -> Tensor:
        """Log-probability (B, Q) of one word each, (B, Q): what `forward` gives of it, without the others."""
        network, pointer = self._shares(hidden).unbind(-1)
        chosen = self.choose(hidden).float().log_softmax(-1).gather(2, said[..., None])[..., 0].exp()
        copied = (self._weights(hidden, heard) * (heard.words[:, None] == said[..., None])).sum(-1)
        return (network * chosen + pointer * copied).clamp(min=LEAST).log()

    def _shares(self, hidden: Tensor) -> Tensor:
        return self.gate(hidden).float().softmax(-1)

    def _weights(self, hidden: Tensor, heard: Heard) -> Tensor:
        """(B, Q, T), each row summing to 1 where there is anything to copy."""
        scores = self.ask(hidden) @ heard.keys.transpose(1, 2) / heard.keys.shape[-1] ** 0.5
        return masked_softmax(scores.float(), heard.open)
