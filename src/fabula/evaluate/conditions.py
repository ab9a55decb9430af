"""Does the context matter? A model is asked again with its context changed, and what that costs is measured.

Every condition keeps the target and changes what is given. `costs` holds, for each measure that has a better side, by
how much the model does worse than with its full context: in that measure's unit, positive where the change harms, with
a paired 95 % interval over stories.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabula.evaluate.asking import Chunk, ask
from fabula.metrics import Scores
from fabula.metrics.bootstrap import ratio
from fabula.metrics.pictures import mae, unit
from fabula.metrics.told import Told
from fabula.story import Frame, Size

Context = list[Frame]
SHUFFLED = "shuffled"  # another story's context
PLAIN: dict[str, Callable[[Context], Context]] = {
    "last_frame": lambda context: context[-1:],
    "pictures_only": lambda context: [replace(frame, caption="") for frame in context],
    "captions_only": lambda context: [replace(frame, picture=None) for frame in context],
    "reversed": lambda context: context[::-1],
}
CHANGE = "picture.change"  # the mean absolute difference between the pictures told in and out of the condition


def conditions(
    teller: Any,
    chunk: Chunk,
    told: Told,
    size: Size,
    *,
    seed: int = 0,
    new_scores: Callable[[], Scores] = Scores,
) -> dict[str, dict[str, dict[str, Any]]]:
    """Condition -> measure -> `{"value", "low", "high", "n"}`; `told` is what it told of the chunk's own contexts."""
    full, found = _scored(told, new_scores()), {}
    for name, contexts in changed_contexts(chunk).items():
        other, _ = ask(teller, chunk, seed, size, contexts)
        found[name] = _costs(full, _scored(other, new_scores()), chunk.stories) | _change(told, other, chunk.stories)
    return found


def changed_contexts(chunk: Chunk) -> dict[str, list[Context]]:
    """The contexts of every condition; what would change nothing is left out."""
    other = strangers(chunk.stories)
    found = {} if other is None else {SHUFFLED: [chunk.contexts[row] for row in other]}
    if all(len(context) < 2 for context in chunk.contexts):
        plain = {name: PLAIN[name] for name in ("pictures_only", "captions_only")}
    else:
        plain = PLAIN
    return found | {name: [change(context) for context in chunk.contexts] for name, change in plain.items()}


def strangers(stories: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """For every window (N,) one of another story; None where there is but one story."""
    if len(np.unique(stories)) < 2:
        return None
    rows = np.arange(len(stories))
    half = np.roll(rows, len(rows) // 2)
    return np.array([next(o for o in np.roll(half, -row) if stories[o] != stories[row]) for row in rows])


def _scored(told: Told, scores: Scores) -> Scores:
    scores.add(told)
    return scores


def _costs(full: Scores, worse: Scores, stories: NDArray[np.int64]) -> dict[str, dict[str, Any]]:
    return {name: {**gain, "n": len(stories)} for name, gain in full.gains(worse, stories).items()}


def _change(told: Told, other: Told, stories: NDArray[np.int64]) -> dict[str, dict[str, Any]]:
    if told.pictures is None or other.pictures is None:
        return {}
    change = mae(unit(other.pictures), unit(told.pictures))
    return {CHANGE: ratio(change, np.ones(len(change)), stories)}
