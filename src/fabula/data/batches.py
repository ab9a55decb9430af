"""Batches of windows. What a step trains on follows from seed and step alone, so a resumed run sees the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from fabula.data.augment import augment
from fabula.data.captions import CaptionIds, caption_ids
from fabula.data.hidden import grey, hide
from fabula.data.notes import note_ids
from fabula.data.store import Store
from fabula.data.windows import Window, Windows
from fabula.data.wordings import Wordings, wordings
from fabula.images import to_tensor
from fabula.recipe import Data
from fabula.tokenizer import Tokenizer
from fabula.types import Frames, StoryBatch

ORDER, CHANGES, WORDS, HIDDEN = 0, 1, 2, 3  # streams of chance under one seed


class Batches:
    """The windows of one split as batches: shuffled and augmented for training, or plain and in order."""

    def __init__(
        self, store: Store, windows: Windows, tokenizer: Tokenizer, data: Data, batch_size: int, seed: int = 0
    ) -> None:
        self.windows, self.batch_size, self.seed = windows, batch_size, seed
        self._data = data
        self._store = store
        self._vocabulary = tokenizer.vocabulary
        self._captions: CaptionIds = caption_ids(store, tokenizer, data.caption_length)
        self._notes: CaptionIds | None = note_ids(store, tokenizer, data)
        self._wordings: Wordings | None = _wordings(store, tokenizer, data)
        self._rows = store.rows(windows)
        self._order = lru_cache(maxsize=2)(self._permutation)

    def from_step(self, step: int) -> Iterator[StoryBatch]:
        """Training batches without end, beginning with that of `step`, counted from 0.

        Every epoch is a new order of all windows; a batch that begins at the end of one epoch is filled from the next,
        so that all batches are full and every window is seen equally often.
        """
        while True:
            yield self.at(step)
            step += 1

    def at(self, step: int) -> StoryBatch:
        """The training batch of one step, augmented as the recipe says."""
        rows = self._rows[self.positions(step)]
        seen = torch.from_numpy(self._store.sizes[rows].any(-1))  # (B, K + 1)
        images = augment(self._images(rows), self._data.augment, self._chance(CHANGES, step))
        images[~seen] = grey()  # a picture that is absent keeps its grey
        return self._hidden(self._batch(rows, images, self._told(rows, step)), seen[:, :-1], step)

    def _chance(self, stream: int, number: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, stream, number])

    def positions(self, step: int) -> np.ndarray:
        """(B,): which windows the batch of one step holds."""
        epochs, places = np.divmod(np.arange(step * self.batch_size, (step + 1) * self.batch_size), len(self.windows))
        return np.array([self._order(epoch)[place] for epoch, place in zip(epochs.tolist(), places, strict=True)])

    def _permutation(self, epoch: int) -> np.ndarray:
        return self._chance(ORDER, epoch).permutation(len(self.windows))

    def in_order(self, limit: int | None = None) -> Iterator[StoryBatch]:
        """All windows once (or the first `limit`), plain, in the order of the split; the last batch may be smaller."""
        rows = self._rows[:limit]
        for start in range(0, len(rows), self.batch_size):
            yield self._plain(rows[start : start + self.batch_size])

    def gather(self, windows: Windows | Sequence[Window] | Sequence[int] | np.ndarray) -> StoryBatch:
        """Any windows as one plain batch: the windows themselves, or their positions in the split."""
        if isinstance(windows, Windows):
            return self._plain(self._store.rows(windows))
        chosen = np.asarray(windows, np.int64)
        if chosen.ndim == 2:  # (B, 2) story, start
            return self._plain(self._store.rows(Windows(self.windows.context, chosen, ())))
        return self._plain(self._rows[chosen])

    def _plain(self, rows: np.ndarray) -> StoryBatch:
        return self._batch(rows, self._images(rows), self._captions.ids[rows])

    def _images(self, rows: np.ndarray) -> Tensor:
        return to_tensor(self._store.pictures[rows])  # (B, K + 1, 3, H, W)

    def _told(self, rows: np.ndarray, step: int) -> np.ndarray:
        """(B, K + 1, L): the captions, some of the context in other words, the target's never."""
        captions = self._captions.ids[rows]
        if self._wordings is None:
            return captions
        share, chance = self._data.augment.paraphrase, self._chance(WORDS, step)
        context = self._wordings.told(captions[:, :-1], rows[:, :-1], share, chance)
        return np.concatenate([context, captions[:, -1:]], 1)

    def _hidden(self, batch: StoryBatch, seen: Tensor, step: int) -> StoryBatch:
        """The batch with what is kept back of its context, never of its target."""
        chosen, chance = self._data.augment, self._chance(HIDDEN, step)
        return replace(batch, context=hide(batch.context, seen, chosen, self._vocabulary, chance))

    def _batch(self, rows: np.ndarray, images: Tensor, ids: np.ndarray) -> StoryBatch:
        """Rows (B, K + 1) of the store; the last column is the target, of which no note is told."""
        captions = torch.from_numpy(ids.astype(np.int64))
        present = torch.ones(rows.shape, dtype=torch.bool)
        notes = None if self._notes is None else torch.from_numpy(self._notes.ids[rows[:, :-1]].astype(np.int64))
        context = Frames(images[:, :-1], captions[:, :-1], present[:, :-1], notes)
        return StoryBatch(context, Frames(images[:, -1:], captions[:, -1:], present[:, -1:]))


def _wordings(store: Store, tokenizer: Tokenizer, data: Data) -> Wordings | None:
    return wordings(store, tokenizer, data.caption_length) if data.augment.paraphrase else None
