"""Words of captions, and runs of eight words as 64-bit numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

WORD = re.compile(r"\w+(?:['\u2019]\w+)*")
RUN = 8  # words


class Runs(NamedTuple):
    """The different runs of each caption, sorted by run."""

    run: np.ndarray  # (R,) uint64
    caption: np.ndarray  # (R,) row of the caption


def words(caption: str) -> list[str]:
    """Lower-case words without punctuation: what is equal whatever the typesetting."""
    return WORD.findall(caption.lower())


class Lexicon(dict[str, int]):
    """Words as 64-bit numbers that look random, the same for all captions that are compared."""

    def __missing__(self, word: str) -> int:
        value = self[word] = _mixed(len(self) + 1)
        return value


def _mixed(number: int) -> int:
    """SplitMix64 (Steele, Lea & Flood 2014)."""
    z = number * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & 0xFFFFFFFFFFFFFFFF
    z = (z ^ z >> 27) * 0x94D049BB133111EB & 0xFFFFFFFFFFFFFFFF
    return z ^ z >> 31


def runs(captions: Sequence[str], lexicon: Lexicon) -> Runs:
    """Every run of eight words within a caption; time and memory grow with the words alone.

    Each is a polynomial of its words modulo 2**64, so that different runs of a whole data set practically never meet.
    """
    spelt = [[lexicon[word] for word in words(caption)] for caption in captions]
    lengths = np.array([len(each) for each in spelt], np.int64)
    values = np.array([value for each in spelt for value in each], np.uint64)
    caption = np.repeat(np.arange(len(spelt)), lengths)
    if len(values) < RUN:
        return Runs(values[:0], caption[:0])
    hashed = _polynomial(values)
    inside = caption[: len(hashed)] == caption[RUN - 1 :]
    return _different(hashed[inside], caption[: len(hashed)][inside])


def _polynomial(values: np.ndarray) -> np.ndarray:
    total = np.zeros(len(values) - RUN + 1, np.uint64)
    for at in range(RUN):
        total = total * np.uint64(0x2545F4914F6CDD1D) + values[at : at + len(total)]
    return total


def _different(run: np.ndarray, caption: np.ndarray) -> Runs:
    order = np.lexsort((caption, run))
    run, caption = run[order], caption[order]
    again = (run[1:] == run[:-1]) & (caption[1:] == caption[:-1])
    kept = np.concatenate([[True], ~again])[: len(run)]
    return Runs(run[kept], caption[kept])


def shared_stretches(caption: str, other: str) -> tuple[tuple[int, int], ...]:
    """Where the caption has a run of eight words that the other has too: starts and ends in characters."""
    theirs = words(other)
    known = {tuple(theirs[at : at + RUN]) for at in range(len(theirs) - RUN + 1)}
    spans = [match.span() for match in WORD.finditer(caption)]
    mine = [caption[start:end].lower() for start, end in spans]
    shared = [at for at in range(len(mine) - RUN + 1) if tuple(mine[at : at + RUN]) in known]
    marked = sorted({word for at in shared for word in range(at, at + RUN)})
    pieces = np.split(marked, np.flatnonzero(np.diff(marked) > 1) + 1) if marked else []
    return tuple((spans[piece[0]][0], spans[piece[-1]][1]) for piece in pieces)
