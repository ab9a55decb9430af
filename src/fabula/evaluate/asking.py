"""Ask a storyteller about a chunk of windows. The target goes to nobody but an oracle, which has a door of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabula.data.corpus import Split
from fabula.images import prepare
from fabula.metrics import Likelihood, Told
from fabula.metrics.documents import Documents
from fabula.metrics.truth import Truth
from fabula.recipe import Data
from fabula.story import Frame, Size, Storyteller
from fabula.tokenizer import Tokenizer


@dataclass(frozen=True)
class Chunk:
    """Some windows of a split with all that is known of them."""

    numbers: NDArray[np.int64]  # (N,) places in the split
    stories: NDArray[np.int64]  # (N,)
    contexts: list[list[Frame]]
    truths: list[Frame]
    pictures: NDArray[np.uint8]  # (N, H, W, 3) of the truths
    tokens: NDArray[np.float64]  # (N,) of the true captions as they are scored, end included
    words: NDArray[np.float64]
    bytes: NDArray[np.float64]
    documents: Documents | None = None  # how rare words are in the whole split

    def part(self, rows: NDArray[np.int64]) -> Chunk:
        """Some of its windows, by their places; a window may come more than once."""
        contexts, truths = [self.contexts[row] for row in rows], [self.truths[row] for row in rows]
        known = self.numbers[rows], self.stories[rows], contexts, truths, self.pictures[rows]
        return Chunk(*known, self.tokens[rows], self.words[rows], self.bytes[rows], self.documents)

    @cached_property
    def truth(self) -> Truth:
        """What every teller is held against."""
        return Truth(self.pictures, self.captions, self.truths, self.contexts, self.documents)

    @cached_property
    def captions(self) -> list[str]:
        return [truth.caption for truth in self.truths]


def open_chunk(split: Split, numbers: NDArray[np.int64], tokenizer: Tokenizer, data: Data) -> Chunk:
    """Read each frame once from the store."""
    windows = [split.windows[int(number)] for number in numbers]
    frame, count = lru_cache(maxsize=None)(split.store.frame), split.windows.context  # windows share their frames
    truths = [frame(window.story, window.start + count) for window in windows]
    captions = [truth.caption for truth in truths]
    ids, truncated = tokenizer.encode(captions, data.caption_length)
    scored = [
        tokenizer.scored_text(caption, data.caption_length) if cut else caption
        for caption, cut in zip(captions, truncated, strict=True)
    ]
    return Chunk(
        numbers,
        np.array([window.story for window in windows]),
        [[frame(window.story, window.start + place) for place in range(count)] for window in windows],
        truths,
        pixels_of(truths, data.picture_size),
        (ids != tokenizer.vocabulary.pad).sum(1).astype(np.float64),
        np.array([len(text.split()) for text in scored], np.float64),
        np.array([len(text.encode("utf-8", "replace")) for text in scored], np.float64),
        split.documents,
    )


def kind_of(teller: Storyteller) -> str:
    """model, floor or oracle; who says nothing is a model."""
    return getattr(teller, "kind", "model")


def told_frames(teller: Any, contexts: list[list[Frame]], truths: list[Frame], seed: int) -> list[Frame]:
    """What a teller says after every context; the truths are for an oracle alone."""
    if hasattr(teller, "tell_knowing"):
        return teller.tell_knowing(contexts, truths, seed=seed)
    return teller.tell(contexts, seed=seed)


def ask(
    teller: Any, chunk: Chunk, seed: int, size: Size, contexts: list[list[Frame]] | None = None
) -> tuple[Told, list[Frame]]:
    """Everything that one teller says of a chunk, ready for the measures; and the told frames.

    `contexts` are given to it in place of the chunk's own; it is held against the same truth.
    """
    frames, nats = answered(teller, chunk, chunk.contexts if contexts is None else contexts, seed)
    return told_of(teller, chunk, frames, nats, size), frames


def told_of(teller: Any, chunk: Chunk, frames: list[Frame], nats: NDArray[np.float64] | None, size: Size) -> Told:
    """What a teller said of a chunk: its frames, and the nats (N,) of the true captions where it can tell them."""
    return Told(
        chunk.pictures,
        chunk.captions,
        pictures=pixels_of(frames, size) if teller.paints else None,
        captions=[frame.caption for frame in frames] if teller.writes else None,
        likelihood=None if nats is None else Likelihood(nats, chunk.tokens, chunk.words, chunk.bytes),
        truth=chunk.truth,
    )


def answered(
    teller: Any, chunk: Chunk, contexts: list[list[Frame]], seed: int
) -> tuple[list[Frame], NDArray[np.float64] | None]:
    """What a teller tells after every context, and the nats (N,) of the true captions where it can tell them.

    From one reading of the contexts where the teller can.
    """
    if not teller.writes or not hasattr(teller, "log_loss"):
        return told_frames(teller, contexts, chunk.truths, seed), None
    if hasattr(teller, "tell_and_score"):
        frames, nats = teller.tell_and_score(contexts, chunk.captions, seed=seed)
    else:
        frames, nats = told_frames(teller, contexts, chunk.truths, seed), teller.log_loss(contexts, chunk.captions)
    return frames, np.asarray(nats, np.float64)


def the_truth(chunk: Chunk) -> Told:
    """The true frames as if they had been told."""
    return Told(chunk.pictures, chunk.captions, pictures=chunk.pictures, captions=chunk.captions, truth=chunk.truth)


def pixels_of(frames: Sequence[Frame], size: Size) -> NDArray[np.uint8]:
    """(N, H, W, 3): as they are where the size is right."""
    return np.stack([prepare(frame.picture, size) for frame in frames])
