"""Dice that hang on a seed and from what a model reads of a story, and on nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from torch import Generator

from fabula.types import Frames


def contents(context: Frames) -> list[str]:
    """What a model reads of each story, notes too, as a digest; how far others were padded does not enter."""
    read = (context.images, context.captions, context.notes)
    return [
        hashlib.blake2b(b"".join(part[there].cpu().numpy().tobytes() for part in parts), digest_size=16).hexdigest()
        for *parts, there in zip(*(part for part in read if part is not None), context.present, strict=True)
    ]


def keys_of(stories: Sequence[str], count: int, seed: int) -> list[str]:
    """What makes each of `count` samples of each story its own."""
    return [f"{seed}/{story}/{sample}" for story in stories for sample in range(count)]


def dice_of(keys: Sequence[str], purpose: str) -> list[Generator]:
    """One generator a key; those of two purposes have nothing in common."""
    seeds = (hashlib.blake2b(f"{key}/{purpose}".encode(), digest_size=8).digest() for key in keys)
    return [Generator().manual_seed(int.from_bytes(seed, "big") >> 1) for seed in seeds]
