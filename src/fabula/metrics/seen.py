"""What the scorer sees in told frames, and all columns that follow: ranks, and whether picture and caption agree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fabula.metrics import agreement, retrieval
from fabula.metrics.agreement import of_another_story
from fabula.metrics.measure import Measure
from fabula.metrics.retrieval import Candidates
from fabula.metrics.told import Column

Vectors = NDArray[np.floating]  # (N, D), of length 1
MEASURES: dict[str, Measure] = {**retrieval.MEASURES, **agreement.MEASURES}
COLUMNS = tuple(dict.fromkeys(column for measure in MEASURES.values() for column in measure.reads))


@dataclass(frozen=True)
class Targets:
    """The target frames of all M windows of a split, embedded once: a window's own is the one of its number."""

    pictures: Candidates | None  # None for a scorer that does not see
    captions: Candidates
    others: NDArray[np.integer]  # (M,) for each a target of another story


def targets_of(pictures: Vectors | None, captions: Vectors, stories: NDArray[np.integer]) -> Targets:
    """Vectors (M, D) and stories (M,) of the targets in the order of the windows."""
    seen = None if pictures is None else Candidates(pictures, stories)
    return Targets(seen, Candidates(captions, stories), of_another_story(stories))


@dataclass(frozen=True)
class Seen:
    """N told frames as vectors (N, D); None where the teller does not paint, or does not write."""

    targets: Targets
    numbers: NDArray[np.integer]  # (N,) of the windows, in the split
    pictures: Vectors | None = None
    captions: Vectors | None = None


def columns(seen: Seen, asked: NDArray[np.bool_]) -> dict[str, Column]:
    """The columns (N,) of `MEASURES`, as far as something was told; 0 where a window is not `asked` (N,)."""
    forms = {
        "picture": (seen.pictures, seen.targets.pictures),
        "caption": (seen.captions, seen.targets.captions),
    }
    found: dict[str, Column] = {}
    for form, (told, candidates) in forms.items():
        if told is not None and candidates is not None:
            found |= retrieval.columns(form, told, candidates, seen.numbers, asked)
    return found | _agreement(seen, asked)


def _agreement(seen: Seen, asked: NDArray[np.bool_]) -> dict[str, Column]:
    if seen.pictures is None or seen.captions is None or seen.targets.pictures is None:
        return {}
    pictures, captions = seen.targets.pictures.vectors, seen.targets.captions.vectors
    true = pictures[seen.numbers], captions[seen.numbers]
    other = captions[seen.targets.others[seen.numbers]]
    return agreement.columns((seen.pictures, seen.captions), true, other, asked)
