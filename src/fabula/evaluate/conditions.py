"""Does the context matter? A model is asked again with its context changed, and what that costs is measured.

Every condition keeps the target and changes what is given. `costs` holds, for each measure that has a better side, by
how much the model does worse than with its full context: in that measure's unit, positive where the change harms, with
a paired 95 % interval over stories.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabula.evaluate.asking import Chunk, answered, told_of
from fabula.metrics import Scores
from fabula.metrics.bootstrap import ratio
from fabula.metrics.pictures import mae, unit
from fabula.metrics.told import Column, Pixels, Told
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


def ask_changed(
    teller: Any,
    chunk: Chunk,
    pictures: Pixels | None,
    others: Sequence[Context] | None,
    size: Size,
    *,
    seed: int = 0,
    new_scores: Callable[[], Scores] = Scores,
) -> dict[str, Scores]:
    """Condition -> what the teller scores on a chunk in it; it is asked about all conditions in one go.

    `pictures` (N, H, W, 3) are what it painted after the chunk's own contexts; `others` are contexts of other stories,
    one a window.
    """
    changed, count, found = changed_contexts(chunk.contexts, others), len(chunk.numbers), {}
    again = chunk.part(np.tile(np.arange(count), len(changed)))
    frames, nats = answered(teller, again, [context for contexts in changed.values() for context in contexts], seed)
    for place, name in enumerate(changed):
        rows = slice(place * count, (place + 1) * count)
        other = told_of(teller, chunk, frames[rows], None if nats is None else nats[rows], size)
        found[name] = new_scores()
        found[name].add(other, _change(pictures, other))
    return found


def costs(full: Scores, changed: Mapping[str, Scores], stories: NDArray[np.int64]) -> dict[str, dict[str, Any]]:
    """Condition -> measure -> `{"value", "low", "high", "n"}`; `full` are the scores with the full context."""
    return {name: _costs(full, worse, stories) | _changes(worse, stories) for name, worse in changed.items()}


def changed_contexts(contexts: Sequence[Context], others: Sequence[Context] | None) -> dict[str, list[Context]]:
    """The contexts of every condition; what would change nothing is left out."""
    found = {} if others is None else {SHUFFLED: list(others)}
    if all(len(context) < 2 for context in contexts):
        plain = {name: PLAIN[name] for name in ("pictures_only", "captions_only")}
    else:
        plain = PLAIN
    return found | {name: [change(context) for context in contexts] for name, change in plain.items()}


def strangers(stories: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """For every window (N,) one of another story; None where there is but one story."""
    if len(np.unique(stories)) < 2:
        return None
    rows = np.arange(len(stories))
    half = np.roll(rows, len(rows) // 2)
    return np.array([next(o for o in np.roll(half, -row) if stories[o] != stories[row]) for row in rows])


def _costs(full: Scores, worse: Scores, stories: NDArray[np.int64]) -> dict[str, dict[str, Any]]:
    return {name: {**gain, "n": len(stories)} for name, gain in full.gains(worse, stories).items()}


def _change(pictures: Pixels | None, other: Told) -> dict[str, Column]:
    if pictures is None or other.pictures is None:
        return {}
    return {CHANGE: mae(unit(other.pictures), unit(pictures))}


def _changes(worse: Scores, stories: NDArray[np.int64]) -> dict[str, dict[str, Any]]:
    if CHANGE not in worse.columns:
        return {}
    change = np.concatenate(worse.columns[CHANGE])
    return {CHANGE: ratio(change, np.ones(len(change)), stories)}
