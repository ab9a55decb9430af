"""Which true id a told id means. A model that numbers the characters in its own order may still point rightly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from fabula.grounding.claims import Claim
from fabula.grounding.matching import LEAST, iou
from fabula.grounding.truth import TrueStory
from fabula.markup.ids import kind_of_id

Names = Mapping[str, str | None]  # told id -> true id; None: nobody


def given(claims: Sequence[Claim], true: TrueStory) -> Names:
    """Ids mean what they say."""
    return {claim.id: claim.id for claim in claims}


def matched(claims: Sequence[Claim], true: TrueStory) -> Names:
    """One true id of the same kind for each told id, one to one over the whole story, so that most boxes are right.

    It looks at the truth: an upper limit for any naming, never the score of one.
    """
    names: dict[str, str | None] = {claim.id: None for claim in claims}
    for kind in {kind_of_id(name) for name in names}:
        told = sorted(name for name in names if kind_of_id(name) == kind)
        others = sorted({name for _, name in true.boxes if kind_of_id(name) == kind})
        gain = np.zeros((len(told), len(others)))
        for _image, one, other in _together(claims, true, kind):
            gain[told.index(one), others.index(other)] += 1
        for row, column in best_pairs(gain).items():
            names[told[row]] = others[column] if gain[row, column] else None
    return names


def _together(claims: Sequence[Claim], true: TrueStory, kind: str) -> set[tuple[int, str, str]]:
    """Image, told id and true id wherever a told box covers a true one of that kind."""
    mine = [claim for claim in claims if kind_of_id(claim.id) == kind]
    theirs = [(image, name, box) for (image, name), box in true.boxes.items() if kind_of_id(name) == kind]
    return {
        (image, claim.id, name)
        for claim in mine
        for image, name, box in theirs
        if image == claim.image and iou(box, claim.box) >= LEAST
    }


def best_pairs(gain: NDArray[np.float64]) -> dict[int, int]:
    """Row -> column, one to one, with the largest sum of gains; (R, C), none below 0. Cost grows as max(R, C) ** 4.

    One row after another is let in by the path of exchanges that gains most (successive best paths, as in Kuhn 1955).
    """
    rows, columns = gain.shape
    side = max(rows, columns)
    square = np.zeros((side, side))
    square[:rows, :columns] = gain
    owner: dict[int, int] = {}
    for row in range(side):
        _let_in(row, owner, square.tolist())
    return {row: column for column, row in owner.items() if row < rows and column < columns}


def _let_in(row: int, owner: dict[int, int], gain: list[list[float]]) -> None:
    best, before = list(gain[row]), dict.fromkeys(range(len(gain)))  # of the paths that end in each column
    for _ in gain:
        for column, other in owner.items():
            for free, more in enumerate(gain[other]):
                if best[column] - gain[other][column] + more > best[free]:
                    best[free], before[free] = best[column] - gain[other][column] + more, column
    column = max((c for c in range(len(gain)) if c not in owner), key=best.__getitem__)
    while (earlier := before[column]) is not None:
        owner[column], column = owner[earlier], earlier
    owner[column] = row
