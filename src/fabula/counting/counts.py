"""Counts that a network owns: how likely n-grams of the train captions make each word, and how well they know it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from fabula.counting.books import ALL, ORDER, Books
from fabula.counting.ngram import Ids, events
from fabula.counting.stream import Stories, from_bytes, to_bytes
from fabula.types import Vocabulary

Singles = NDArray[np.float32]


class Counted(NamedTuple):
    """What counts say of words; nothing of it has a gradient."""

    chance: Tensor  # (..., M) of the words that were said, or (..., M, V) of every word: float32
    known: Tensor  # (..., M, 2) log(1 + how often the last 1 and the last 2 tokens before were met): float32


class Counts(nn.Module):
    """Modified Kneser-Ney trigrams (counting/ngram.py) of the captions it was given, which it carries as a buffer.

    While training, a window is scored by the counts of other stories alone (counting/folds.py), so that a gate learns
    to believe them as far as they will deserve on new stories; in evaluation by the counts of all. Not yet fitted,
    every token is as likely. The state holds the captions themselves, two bytes a token, and who has the weights can
    read them; n-grams are counted anew when they are first asked for. The arithmetic is done on the processor.
    """

    stream: Tensor

    def __init__(self, vocabulary: Vocabulary):
        super().__init__()
        self.vocabulary = vocabulary
        self.register_buffer("stream", torch.zeros(0, dtype=torch.uint8))
        self.register_load_state_dict_pre_hook(_make_room)
        self._counted: tuple[Tensor, Books] | None = None  # of which stream

    def fit(self, captions: Ids, story: Ids | None = None) -> None:
        """Count (N, L) ids: words, end, padding. `story` (N,) says which stand in one; without it each is its own."""
        stories = Stories(captions, np.arange(len(captions)) if story is None else story)
        self.stream = torch.from_numpy(to_bytes(stories, self.vocabulary)).to(self.stream.device)

    def forward(self, windows: Tensor) -> Counted:
        """(B, K, L) captions of B stories -> of every token its chance (B, K, L), and (B, K, L, 2).

        At padding the chance is 1, and nothing is known. A history never reaches over the beginning of a caption.
        """
        ids = windows.cpu().numpy()
        real = ids != self.vocabulary.pad
        chance, known = np.ones(ids.shape, np.float32), np.zeros((*ids.shape, 2), np.float32)
        histories, words = events(ids.reshape(-1, ids.shape[-1]), self.vocabulary, ORDER)
        fold = np.repeat(self._folds(ids), real.sum((1, 2)))
        chance[real], known[real] = self._by_fold(histories, words, fold)
        return _counted(chance, known, windows.device)

    def newest(self, windows: Tensor) -> Counted:
        """(B, K, L) captions -> of every word at every place of the last caption: (B, L, V), and (B, L, 2).

        Rows sum to one; at padding every token is as likely. What `forward` gives stands at the words that were said.
        """
        ids = windows.cpu().numpy()
        real = ids[:, -1] != self.vocabulary.pad
        chance = np.full((*real.shape, self.vocabulary.size), 1 / self.vocabulary.size, np.float32)
        known = np.zeros((*real.shape, 2), np.float32)
        histories, _ = events(ids[:, -1], self.vocabulary, ORDER)
        fold = np.repeat(self._folds(ids), real.sum(1))
        chance[real], known[real] = self._by_fold(histories, None, fold)
        return _counted(chance, known, windows.device)

    def following(self, histories: Tensor) -> Counted:
        """(N, 2) tokens before, begin in front of the first -> of every next word (N, V), and (N, 2): for writing.

        By all counts, while training too.
        """
        before = histories.cpu().numpy()
        return _counted(*self._by_fold(before, None, np.full(len(before), ALL)), histories.device)

    def make_room(self, tensors: Mapping[str, Tensor], prefix: str) -> None:
        """Before a state is loaded: the buffer is as long as what will come."""
        if (found := tensors.get(f"{prefix}stream")) is not None:
            self.stream = self.stream.new_zeros(found.shape)

    def __getstate__(self):
        """A copy counts for itself."""
        return {**self.__dict__, "_counted": None}

    def _books(self) -> Books:
        if self._counted is None or self._counted[0] is not self.stream:
            stories = from_bytes(self.stream.cpu().numpy(), self.vocabulary)
            self._counted = self.stream, Books(stories, self.vocabulary)
        return self._counted[1]

    def _folds(self, windows: Ids) -> Ids:
        if not self.training:
            return np.full(len(windows), ALL)
        return self._books().folds.find(windows, self.vocabulary)

    def _by_fold(self, histories: Ids, words: Ids | None, fold: Ids) -> tuple[Singles, Singles]:
        """Of M tokens the chance of each (M,), without words of every word (M, V); and how well it is known (M, 2)."""
        size = () if words is not None else (self.vocabulary.size,)
        chance = np.empty((len(histories), *size), np.float32)
        known = np.empty((len(histories), ORDER - 1), np.float32)
        for each in np.unique(fold):
            book, mine = self._books().without(int(each)), fold == each
            some = histories[mine]
            if words is None:
                chance[mine] = book.ngram.distribution(some, np.float32)
            else:
                chance[mine] = book.ngram.probability(some, words[mine])
            known[mine] = book.known.of(some)
        return chance, known


def _make_room(counts: Counts, state: Mapping[str, Tensor], prefix: str, *rest: object) -> None:
    counts.make_room(state, prefix)


def _counted(chance: Singles, known: Singles, device: torch.device) -> Counted:
    return Counted(*(torch.from_numpy(part).to(device) for part in (chance, known)))
