"""A trained model seen from outside: does its state vary with the input, does the context change what it says?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from fabula.data.contexts import to_frames
from fabula.evaluate.alignment import cross_modal
from fabula.evaluate.asking import Chunk
from fabula.evaluate.conditions import strangers
from fabula.evaluate.honesty import honesty
from fabula.metrics.told import Column, Told
from fabula.story import Frame, Size

STILL = 1e-4  # a unit moves if its deviation over inputs is more than this share of the typical unit's size


def probe(
    teller: Any,
    chunk: Chunk,
    frames: list[Frame],
    told: Told,
    size: Size,
    *,
    seed: int = 0,
    moved: Column | None = None,
) -> dict[str, Any]:
    """`states`, `cross_modal`, `captions`, and what honesty.py asks, as far as the teller can be asked.

    `frames` are what it told of the chunk, and `told` is the same made ready for the measures. `moved` (N,) is how far
    another story's context moves each told picture, where that is known. states: `{"units", "still"}`. captions: the
    share of the windows that have the commonest one. cross_modal: see alignment.py.
    """
    found: dict[str, Any] = {"states": states(teller, chunk.contexts)} if hasattr(teller, "model") else {}
    other = strangers(chunk.stories)
    if hasattr(teller, "vectors") and other is not None:
        both = frames if frames and teller.paints and teller.writes else None
        found["cross_modal"] = cross_modal(teller.vectors, chunk.truths, both, other, chunk.stories)
    if told.captions:
        found["captions"] = {"commonest": _commonest(told.captions), "truth": _commonest(chunk.captions)}
    return found | honesty(teller, chunk, told, size, seed, moved)


def _commonest(captions: Sequence[str]) -> float:
    return Counter(captions).most_common(1)[0][1] / len(captions)


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
