"""What the measures of captions take for words, and sequences of them."""

from __future__ import annotations

import re
from collections.abc import Sequence


def words(text: str) -> list[str]:
    """Lower-case words and numbers of any script; no underscore, no punctuation."""
    return written(text.lower())


def written(text: str) -> list[str]:
    """The same as they are written, capitals and all."""
    return re.findall(r"[^\W_]+", text)


def ngrams(words: Sequence[str], order: int) -> list[tuple[str, ...]]:
    """All sequences of `order` words, in their order."""
    return list(zip(*(words[i:] for i in range(order)), strict=False))
