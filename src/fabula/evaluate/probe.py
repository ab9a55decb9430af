"""A trained model seen from outside: does its state vary with the input, does the context change what it says?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabula.data.contexts import to_frames
from fabula.evaluate.alignment import cross_modal
from fabula.evaluate.asking import Chunk, pixels_of
from fabula.metrics.bootstrap import ratio
from fabula.metrics.pictures import mae, unit
from fabula.story import Frame, Size

MOST_CAPTIONS = 512  # windows that are asked, at even distances
MOST_PICTURES = 128
STILL = 1e-4  # a unit moves if its deviation over inputs is more than this share of the typical unit's size


def probe(
    teller: Any,
    chunk: Chunk,
    size: Size,
    *,
    seed: int = 0,
    nats: NDArray[np.float64] | None = None,
    told: Sequence[Frame] | None = None,
) -> dict[str, Any]:
    """`states`, `shuffled` and `cross_modal`, as far as the teller can be asked.

    `nats` (N,) are its log-losses and `told` its frames, where they are known.

    states: `{"units", "still"}`. shuffled: what another story's context changes, each `{"value", "low", "high", "n"}`:
    `caption.log_loss_word` and `picture.mae` are the score with the wrong context less that with the true one;
    `picture.change` is the mean absolute difference between the two told pictures. cross_modal: see alignment.py.
    """
    found = {"states": states(teller, chunk.contexts)} if hasattr(teller, "model") else {}
    other = strangers(chunk.stories)
    if other is None:
        return found
    changes = {}
    if teller.writes and hasattr(teller, "log_loss"):
        changes |= _captions(teller, chunk, other, nats)
    if teller.paints:
        changes |= _pictures(teller, chunk, other, size, seed)
    if hasattr(teller, "vectors"):
        both = told if told and teller.paints and teller.writes else None
        found["cross_modal"] = cross_modal(teller.vectors, chunk.truths, both, other, chunk.stories)
    return {**found, "shuffled": changes}


def strangers(stories: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """For every window (N,) one of another story; None where there is but one story."""
    if len(np.unique(stories)) < 2:
        return None
    rows = np.arange(len(stories))
    half = np.roll(rows, len(rows) // 2)
    return np.array([next(o for o in np.roll(half, -row) if stories[o] != stories[row]) for row in rows])


def states(teller: Any, contexts: list[list[Frame]]) -> dict[str, int]:
    """How many units the model's state has (the mean of its tokens), and how many are the same for every input."""
    import torch

    parts = []
    with torch.inference_mode():
        for start in range(0, len(contexts), 32):
            frames = to_frames(contexts[start : start + 32], teller.tokenizer, teller.recipe.data).to(teller.device)
            parts.append(teller.model.remember(frames).state.mean().double().cpu())
    found = torch.cat(parts).numpy()
    typical = np.abs(found).mean() + 1e-9
    return {"units": found.shape[1], "still": int((found.std(0) <= STILL * typical).sum())}


def _captions(teller: Any, chunk: Chunk, other: NDArray[np.int64], nats: NDArray[np.float64] | None) -> dict[str, Any]:
    right = np.array(teller.log_loss(chunk.contexts, chunk.captions)) if nats is None else nats
    more = np.array(teller.log_loss([chunk.contexts[row] for row in other], chunk.captions)) - right
    return {"caption.log_loss_word": ratio(more, chunk.words, chunk.stories)}


def _pictures(teller: Any, chunk: Chunk, other: NDArray[np.int64], size: Size, seed: int) -> dict[str, Any]:
    few = np.unique(np.linspace(0, len(other) - 1, min(MOST_PICTURES, len(other))).astype(int))
    contexts, wrong = ([chunk.contexts[row] for row in rows] for rows in (few, other[few]))
    paint = getattr(teller, "tell_pictures", teller.tell)  # no words are asked for where that can be said
    told, strange = (unit(pixels_of(paint(given, seed=seed), size)) for given in (contexts, wrong))
    true, ones, stories = unit(chunk.pictures[few]), np.ones(len(few)), chunk.stories[few]
    return {
        "picture.mae": ratio(mae(strange, true) - mae(told, true), ones, stories),
        "picture.change": ratio(mae(strange, told), ones, stories),
    }


def asked_of(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """The windows that are asked, of those that are evaluated."""
    return numbers[np.unique(np.linspace(0, len(numbers) - 1, min(MOST_CAPTIONS, len(numbers))).astype(int))]
