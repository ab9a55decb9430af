"""Stories of captions as one row of bytes, and back: what a model that counts carries with its weights.

Captions stand one after the other, each with its end token; a padding token ends a story. Two bytes a token, or four
where the vocabulary is larger: bytes, since not every program that shares tensors knows small whole numbers.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fabula.counting.ngram import Ids
from fabula.types import Vocabulary


class Stories(NamedTuple):
    """Captions, and of which story each is."""

    captions: Ids  # (N, L): words, end, padding
    story: Ids  # (N,) from 0 on; those of one story stand together


def to_bytes(stories: Stories, vocabulary: Vocabulary) -> NDArray[np.uint8]:
    """(T,): the captions and where stories end; padding of the captions is left out."""
    captions, story = stories
    last = np.append(story[1:] != story[:-1], True)[: len(story)]
    kept = np.concatenate([captions != vocabulary.pad, last[:, None]], 1)
    closed = np.concatenate([captions, np.full((len(captions), 1), vocabulary.pad)], 1)
    return closed[kept].astype(_kind(vocabulary)).view(np.uint8)


def from_bytes(stream: NDArray[np.uint8], vocabulary: Vocabulary) -> Stories:
    """What `to_bytes` was given; L is then the length of the longest caption."""
    tokens = stream.view(_kind(vocabulary)).astype(np.int64)
    closing = tokens == vocabulary.pad
    story, tokens = closing.cumsum()[~closing], tokens[~closing]
    ends = tokens == vocabulary.end
    row = ends.cumsum() - ends
    lengths = np.bincount(row)
    column = np.arange(len(tokens)) - (lengths.cumsum() - lengths)[row]
    captions = np.full((len(lengths), lengths.max(initial=0)), vocabulary.pad)
    captions[row, column] = tokens
    return Stories(captions, story[ends])


def _kind(vocabulary: Vocabulary) -> np.dtype:
    return np.dtype("<u2" if vocabulary.size <= 2**16 else "<u4")
