"""Captions as token ids: encoded once for a store, a tokenizer and a length, then read from the disk."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from fabula import files
from fabula.data.store import Store
from fabula.errors import FabulaError
from fabula.recipe import Data
from fabula.tokenizer import Tokenizer

LEARNED = "bpe"  # the recipe's word for a tokenizer learned from the train captions, and from no other text


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
    return kept_ids("captions", key, lambda: encode_captions(store.captions, tokenizer, length))


def encode_captions(captions: Sequence[str], tokenizer: Tokenizer, length: int) -> CaptionIds:
    """Ids (N, L): the words, the end token, padding."""
    ids, truncated = tokenizer.encode(captions, length)
    return CaptionIds(ids.astype(np.int32), truncated)


def kept_ids(room: str, key: str, encode: Callable[[], CaptionIds]) -> CaptionIds:
    """What `encode` gave when it was first asked for under this key; read from the disk ever after."""
    return CaptionIds(**kept(room, key, CaptionIds._fields, lambda: encode()._asdict()))


def kept(room: str, key: str, names: Sequence[str], make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The arrays of these names that `make` gave when it was first asked for under this key."""
    path = files.cache_folder() / room / f"{key}.npz"
    found = _read(path, names)
    if found is None:
        found = make()
        with files.new_file(path) as draft, draft.open("wb") as file:
            np.savez(file, **found)
    return found


def _read(path: Path, names: Sequence[str]) -> dict[str, Any] | None:
    try:
        with np.load(path, allow_pickle=False) as held:
            return {name: held[name] for name in names}
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
