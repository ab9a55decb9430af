"""True pairs to learn from: the pictures and captions of a split, a batch at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from fabula.data.store import Store
from fabula.data.wordings import Wordings, wordings
from fabula.images import to_tensor
from fabula.scorer.towers import Design
from fabula.tokenizer import Tokenizer

CUT = 0.2  # the most of each side that a batch's pictures may lose
RETOLD = 0.5  # share of the captions with other wordings that are told in one of them
LIGHT = 0.2  # the most by which light and contrast change


@dataclass(frozen=True)
class Pairs:
    """The frames of one store that have both a picture and a caption."""

    store: Store
    rows: np.ndarray  # (N,) of the store
    stories: np.ndarray  # (N,)
    ids: np.ndarray  # (frames of the store, L)
    wordings: Wordings
    twins: np.ndarray  # (frames of the store,): equal captions have equal numbers
    size: tuple[int, int]

    def batch(self, count: int, dice: np.random.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """Pictures (n, 3, h, w) and ids (n, L) of at most `count` frames, and (n, n): others with the same words."""
        rows = np.sort(self._drawn(count, dice))
        ids = self.wordings.told(self.ids[rows][:, None], rows[:, None], RETOLD, dice)[:, 0]
        same = torch.from_numpy(self.twins[rows][:, None] == self.twins[rows])
        return self._seen(rows, dice), torch.from_numpy(ids.astype(np.int64)), same.fill_diagonal_(False)

    def _drawn(self, count: int, dice: np.random.Generator) -> np.ndarray:
        """Half of a batch are whole stories, whose frames are hard to tell apart, the other half come from anywhere."""
        order = dice.permutation(int(self.stories.max()) + 1)
        together = np.argsort(order[self.stories], kind="stable")[: count // 2]
        anywhere = dice.permutation(len(self.rows))[: count - len(together)]
        return self.rows[np.union1d(together, anywhere)]

    def _seen(self, rows: np.ndarray, dice: np.random.Generator) -> Tensor:
        """The batch from a frame of its own, some of it mirrored, in a light of its own."""
        _, height, width, _ = self.store.pictures.shape
        (top, bottom), (left, right) = (_kept(side, dice) for side in (height, width))
        pictures = to_tensor(self.store.pictures[rows, top:bottom, left:right])
        small = F.interpolate(pictures, self.size, mode="area")
        mirrored = torch.from_numpy(dice.random(len(rows)) < 0.5)[:, None, None, None]
        scale, shift = (torch.from_numpy(dice.uniform(-LIGHT, LIGHT, (len(rows), 1, 1, 1))).float() for _ in range(2))
        return (torch.where(mirrored, small.flip(-1), small) * (1 + scale) + shift).clamp(-1, 1)


def _kept(side: int, dice: np.random.Generator) -> tuple[int, int]:
    lost = dice.uniform(0, CUT / 2, 2) * side
    return int(lost[0]), side - int(lost[1])


def pairs_of(store: Store, tokenizer: Tokenizer, design: Design) -> Pairs:
    """All frames of a store that have a picture and a caption."""
    captions = np.array([caption.strip() != "" for caption in store.captions])
    rows = np.flatnonzero(store.sizes.any(1) & captions)
    _, twins = np.unique(np.array(store.captions, dtype=object), return_inverse=True)
    return Pairs(
        store,
        rows,
        np.repeat(np.arange(len(store.counts)), store.counts)[rows],
        tokenizer.encode(store.captions, design.caption_length)[0],
        wordings(store, tokenizer, design.caption_length),
        twins,
        design.picture_size,
    )
