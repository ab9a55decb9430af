"""Chance that follows from a context and a seed alone, so that no answer depends on what else is told beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from torch import Generator

from fabula.story import Frame


def number(context: Sequence[Frame], seed: int, purpose: str) -> int:
    """A whole number of 63 bits from what a storyteller reads of the context."""
    digest = hashlib.blake2b(f"{seed}/{purpose}".encode(), digest_size=8)
    for frame in context:
        digest.update(b"\0" + frame.caption.encode("utf-8", "replace"))
        digest.update(b"\0" + (frame.picture.tobytes() if frame.picture is not None else b""))
    return int.from_bytes(digest.digest(), "big") >> 1


def dice(contexts: Sequence[Sequence[Frame]], seed: int) -> list[Generator]:
    """One generator a story."""
    return [Generator().manual_seed(number(context, seed, "caption")) for context in contexts]
