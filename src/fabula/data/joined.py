"""The train split followed by stories without pictures, as one store: their frames are the rows after its own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, cast

import numpy as np

from fabula.data.digests import combined
from fabula.data.store import Store
from fabula.data.texts import Texts
from fabula.images import GREY
from fabula.story import Story


class Joined(Store):
    """A store and texts: what a store gives, for the stories of both. Grey pixels are made when they are asked for."""

    def __init__(self, store: Store, texts: Texts) -> None:
        own = np.array([len(story.frames) for story in texts.stories], np.int64)
        frames = int(own.sum())
        ids = [*store.ids, *(story.id for story in texts.stories)]
        self._store, self._texts = store, texts
        self.folder = store.folder
        self.meta = store.meta | {"key": combined("joined", store.key, texts.key), "ids": ids}
        self.counts = np.concatenate([store.counts, own])
        self.sizes = np.concatenate([store.sizes, np.zeros((frames, 2), store.sizes.dtype)])
        self.digests = np.concatenate([store.digests, np.zeros((frames, store.digests.shape[1]), np.uint8)])
        self.pictures = cast(Any, Pictures(store.pictures, frames))
        self.stories = cast(Any, Both(store.stories, texts.stories))
        self.first = self.counts.cumsum() - self.counts
        self.ids = ids

    @cached_property
    def captions(self) -> list[str]:
        """The captions of all frames, those of the texts last."""
        return [*self._store.captions, *self._texts.captions]


class Pictures:
    """The pictures of a store (N, H, W, 3), and grey for the frames after them."""

    def __init__(self, pictures: np.ndarray, more: int) -> None:
        self._pictures = pictures
        self.shape = (len(pictures) + more, *pictures.shape[1:])

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: int | slice | np.ndarray) -> np.ndarray:
        """uint8 (..., H, W, 3) for rows of any shape."""
        wanted = np.arange(len(self))[rows]
        there = wanted < len(self._pictures)
        found = np.full((*wanted.shape, *self.shape[1:]), GREY, np.uint8)
        found[there] = self._pictures[wanted[there]]
        return found


class Both(Sequence[Story]):
    """The stories of one sequence, then those of the other; each is read when it is asked for."""

    def __init__(self, first: Sequence[Story], then: Sequence[Story]) -> None:
        self._first, self._then = first, then

    def __len__(self) -> int:
        return len(self._first) + len(self._then)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return [self[each] for each in range(len(self))[index]]
        place = range(len(self))[index]
        return self._first[place] if place < len(self._first) else self._then[place - len(self._first)]
