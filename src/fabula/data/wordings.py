"""The variants of all captions of a store as token ids, and the chance by which a batch tells some of them so."""

from __future__ import annotations

from itertools import chain
from typing import NamedTuple

import numpy as np

from fabula.data.captions import encode_captions, kept
from fabula.data.paraphrase import variants
from fabula.data.store import Store
from fabula.tokenizer import Tokenizer

FORMAT = 1  # changes when other variants are found


class Wordings(NamedTuple):
    """Caption n of the store has `counts[n]` variants, from row `first[n]` on."""

    ids: np.ndarray  # (R, L) int32
    first: np.ndarray  # (N,)
    counts: np.ndarray  # (N,), mostly 0

    def told(self, captions: np.ndarray, rows: np.ndarray, share: float, chance: np.random.Generator) -> np.ndarray:
        """The captions (B, K, L) of rows (B, K), about this share of those that have variants told by one of them.

        The draws do not depend on the share.
        """
        spared, which = chance.random((2, *rows.shape))
        changed = (spared < share) & (self.counts[rows] > 0)
        variant = self.first[rows] + (which * self.counts[rows]).astype(np.int64)
        told = captions.copy()
        told[changed] = self.ids[variant[changed]]
        return told


def wordings(store: Store, tokenizer: Tokenizer, length: int) -> Wordings:
    """The variants of all captions of the store, cut to `length` tokens; found and encoded once."""
    key = f"{store.key[:16]}-{tokenizer.digest[:16]}-{length}-{FORMAT}"
    return Wordings(**kept("wordings", key, Wordings._fields, lambda: _found(store, tokenizer, length)))


def _found(store: Store, tokenizer: Tokenizer, length: int) -> dict[str, np.ndarray]:
    told = [variants(caption) for caption in store.captions]
    counts = np.array([len(each) for each in told], np.int64)
    encoded = encode_captions(list(chain.from_iterable(told)), tokenizer, length)
    return {"ids": encoded.ids, "first": counts.cumsum() - counts, "counts": counts}
