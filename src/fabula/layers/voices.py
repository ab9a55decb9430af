"""Several voices that say one word: what a network thinks, what has been said before, and what counts know."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fabula.layers.attention import masked_softmax
from fabula.layers.words import WordEmbedding
from fabula.types import Spoken, Vocabulary

LEAST = 1e-9  # below this a probability is not told apart from 0
VOICES = ("network", "pointer", "counts")


class Heard(NamedTuple):
    """What has been said so far, and what may be copied of it."""

    words: Tensor  # (B, T)
    keys: Tensor  # (B, T, P)
    open: Tensor  # (B, Q, T) bool: which of these each of Q places may copy


class Counted(NamedTuple):
    """What counts say at each of Q places."""

    chance: Tensor  # (B, Q, V) of every word, or (B, Q) of one
    known: Tensor  # (B, Q, 2) how well they know what stands before


class Said(NamedTuple):
    """What is said at each of Q places, of every word."""

    words: Tensor  # (B, Q, V) log-probabilities
    shares: Tensor  # (B, Q, G) of the voices, in their order; each row sums to 1
    pointed: Tensor  # (B, Q, T) where the pointer points; each row sums to 1 where there is anything to copy


class Voices(nn.Module):
    """A learned gate mixes probabilities of the next word, `p = sum of g_i p_i`, the gates summing to one.

    The network chooses among all words. The pointer copies a word that was said where the reader was in a like state
    of mind: the query is the state now, the key the state just before that word (Merity et al. 2017, pointer sentinel
    mixture, section 2; Grave et al. 2017, neural cache, section 3, both here learned). With `counts` the third voice is
    theirs, and the gate knows how often they have met what stands before.
    """

    def __init__(self, dim: int, vocabulary: Vocabulary, embed: WordEmbedding, *, counts: bool):
        super().__init__()
        self.vocabulary = vocabulary
        self.choose = nn.Linear(dim, vocabulary.size)
        self.choose.weight = embed.weight
        self.ask, self.key = nn.Linear(dim, dim // 2), nn.Linear(dim, dim // 2)
        self.gate = nn.Linear(dim, 3 if counts else 2)
        self.trust = nn.Linear(2, 3, bias=False) if counts else None

    def keys(self, before: Tensor) -> Tensor:
        """The states (B, T, D) just before each word -> (B, T, P)."""
        return self.key(before)

    def copyable(self, words: Tensor) -> Tensor:
        """(B, T) bool: words of captions."""
        return (words != self.vocabulary.pad) & (words != self.vocabulary.begin)

    @property
    def names(self) -> tuple[str, ...]:
        """Of the voices that there are."""
        return VOICES[: self.gate.out_features]

    def forward(self, hidden: Tensor, heard: Heard, counted: Counted | None = None) -> Said:
        """(B, Q, D) -> what is said of every word."""
        shares = self._shares(hidden, counted)
        chosen = self.choose(hidden).float().softmax(-1)
        weights = self._weights(hidden, heard)
        words = heard.words[:, None].expand_as(weights)
        copied = torch.zeros_like(chosen).scatter_add(2, words, weights)
        return Said(_mixed(shares, (chosen, copied), counted), shares, weights)

    def likelihood(self, hidden: Tensor, heard: Heard, said: Tensor, counted: Counted | None = None) -> Tensor:
        """Log-probability (B, Q) of one word each, (B, Q): what `forward` gives of it, without the others."""
        return self.together(hidden, self.apart(hidden, heard, said), counted)

    def together(self, hidden: Tensor, apart: tuple[Tensor, Tensor], counted: Counted | None) -> Tensor:
        """The log-probability (B, Q) of words of which `apart` gave what network and pointer say."""
        return _mixed(self._shares(hidden, counted), apart, counted)

    def spoken(self, hidden: Tensor, heard: Heard, said: Tensor, counted: Counted | None = None) -> dict[str, Spoken]:
        """By name what each voice says alone of one word each, (B, Q).

        A voice that cannot say a word gives it `LEAST`, 20.7 nats: so the pointer with a word that was not said before.
        """
        nats = -_every(self.apart(hidden, heard, said), counted).clamp(min=LEAST).log()
        parts = (part.unbind(2) for part in (nats, self._shares(hidden, counted)))
        return {name: Spoken(*pair) for name, *pair in zip(self.names, *parts, strict=True)}

    def apart(self, hidden: Tensor, heard: Heard, said: Tensor, asked: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """The probability (B, Q) of one word each by the network alone, and by the pointer alone.

        Where `asked` (B, Q) is False the network, which chooses among all words, is spared, and says 0.
        """
        there = torch.ones_like(said, dtype=torch.bool) if asked is None else asked
        logits = self.choose(hidden[there]).float()
        chance = (-F.cross_entropy(logits, said[there], reduction="none")).exp()
        chosen = chance.new_zeros(said.shape).masked_scatter(there, chance)
        copied = (self._weights(hidden, heard) * (heard.words[:, None] == said[..., None])).sum(-1)
        return chosen, copied

    def _shares(self, hidden: Tensor, counted: Counted | None) -> Tensor:
        gate = self.gate(hidden).float()
        if self.trust is not None and counted is not None:
            gate = gate + self.trust(counted.known)
        return gate.softmax(-1)

    def _weights(self, hidden: Tensor, heard: Heard) -> Tensor:
        """(B, Q, T), each row summing to 1 where there is anything to copy."""
        scores = self.ask(hidden) @ heard.keys.transpose(1, 2) / heard.keys.shape[-1] ** 0.5
        return masked_softmax(scores.float(), heard.open)


def _mixed(shares: Tensor, voices: tuple[Tensor, ...], counted: Counted | None) -> Tensor:
    """Shares (B, Q, G), and what each voice says of one word (B, Q) or of all (B, Q, V) -> log-probabilities."""
    every = voices if counted is None else (*voices, counted.chance)
    shares = shares.view(*shares.shape, *[1] * (every[0].ndim - 2))
    mixture = torch.zeros_like(every[0])
    for share, voice in zip(shares.unbind(2), every, strict=True):
        mixture = mixture + share * voice
    return mixture.clamp(min=LEAST).log()


def _every(voices: tuple[Tensor, ...], counted: Counted | None) -> Tensor:
    """(B, Q, G) of one word, or (B, Q, G, V)."""
    return torch.stack(voices if counted is None else (*voices, counted.chance), 2)
