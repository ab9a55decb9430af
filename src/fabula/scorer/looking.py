"""The scorer looks at a split, once, and at what was told of it, a chunk at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fabula.data.store import Store
from fabula.data.windows import Windows
from fabula.metrics.seen import Seen, Targets, targets_of
from fabula.scorer.opening import Looks


def look_at_targets(scorer: Looks, store: Store, windows: Windows) -> Targets:
    """The targets of all windows of a split: some 2 ms each, whatever is asked of whom afterwards."""
    rows = store.rows(windows)[:, -1]
    pictures = scorer.embed_pictures(store.pictures[rows]) if scorer.sees else None
    return targets_of(pictures, scorer.embed_captions([store.captions[row] for row in rows]), windows.array[:, 0])


def look_at_told(
    scorer: Looks,
    targets: Targets,
    numbers: NDArray[np.integer],
    pictures: NDArray[np.uint8] | None,
    captions: Sequence[str] | None,
    asked: NDArray[np.bool_],
) -> Seen:
    """N told frames of the windows `numbers`; only those that are `asked` (N,) are looked at, the others stay zeros."""
    some = np.flatnonzero(asked)
    seen = None if pictures is None or not scorer.sees else scorer.embed_pictures(pictures[some])
    read = None if captions is None else scorer.embed_captions([captions[row] for row in some])
    return Seen(targets, numbers, *(_placed(found, some, len(asked)) for found in (seen, read)))


def _placed(found: NDArray[np.float32] | None, some: NDArray[np.integer], count: int) -> NDArray[np.float32] | None:
    if found is None:
        return None
    whole = np.zeros((count, found.shape[1]), np.float32)
    whole[some] = found
    return whole
