"""Captions as token ids: encoded once for a store, a tokenizer and a length, then read from the disk."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fabula import files
from fabula.data.store import Store
from fabula.errors import FabulaError
from fabula.recipe import Data
from fabula.tokenizer import Tokenizer

LEARNED = "bpe"  # the recipe's word for a tokenizer learned from the train captions


class CaptionIds(NamedTuple):
    """All captions of a store as a model reads them."""

    ids: np.ndarray  # (N, L) int32: words, end, padding
    truncated: np.ndarray  # (N,) bool

    @property
    def share(self) -> float:
        """The share of captions that were cut."""
        return float(self.truncated.mean()) if len(self.truncated) else 0.0


def caption_ids(store: Store, tokenizer: Tokenizer, length: int) -> CaptionIds:
    """The captions of all frames of the store, row by row, cut to `length` tokens with the end token."""
    key = f"{store.key[:16]}-{tokenizer.digest[:16]}-{length}"
    path = files.cache_folder() / "captions" / f"{key}.npz"
    found = _read(path)
    if found is None:
        ids, truncated = tokenizer.encode(store.captions, length)
        found = CaptionIds(ids.astype(np.int32), truncated)
        with files.new_file(path) as draft, draft.open("wb") as file:
            np.savez(file, ids=found.ids, truncated=found.truncated)
    return found


def _read(path: Path) -> CaptionIds | None:
    try:
        with np.load(path, allow_pickle=False) as held:
            return CaptionIds(held["ids"], held["truncated"])
    except (OSError, ValueError, KeyError, EOFError):
        return None


def check_tokenizer(data: Data) -> None:
    """Find what is wrong with the recipe's tokenizer before any story is read."""
    if data.tokenizer == LEARNED:
        Tokenizer.train((), data.vocabulary)
    else:
        Tokenizer.load(data.tokenizer)


def tokenizer_for(data: Data, captions: Sequence[str]) -> Tokenizer:
    """The tokenizer that the recipe names: learned from the train captions, or read from its path."""
    if data.tokenizer != LEARNED:
        return Tokenizer.load(data.tokenizer)
    made = json.dumps([data.vocabulary, list(captions)]).encode()
    path = files.cache_folder() / "tokenizers" / f"{hashlib.sha256(made).hexdigest()[:24]}.json"
    try:
        return Tokenizer.load(path)
    except FabulaError:
        tokenizer = Tokenizer.train(captions, data.vocabulary)
        files.write_text(path, tokenizer.text)
        return tokenizer
