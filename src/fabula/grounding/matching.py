"""Which told boxes are right: those that cover a true box well enough, each true box counted once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence

from fabula.grounding.claims import Claim, Corners
from fabula.story import Size

LEAST = 0.5  # of intersection over union


def iou(one: Corners, other: Corners) -> float:
    """Intersection over union of two boxes, 0 to 1."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    both = max(width, 0.0) * max(height, 0.0)
    either = area(one) + area(other) - both
    return both / either if either > 0 else 0.0


def area(box: Corners) -> float:
    """Square pixels."""
    return (box[2] - box[0]) * (box[3] - box[1])


def within(box: Corners, size: Size | None) -> Corners:
    """The part of a box that lies in the picture; of no area where it lies outside."""
    if size is None:
        return box
    left, right = (min(max(x, 0.0), float(size.width)) for x in (box[0], box[2]))
    top, bottom = (min(max(y, 0.0), float(size.height)) for y in (box[1], box[3]))
    return left, top, right, bottom


def hits(
    claims: Sequence[Claim], true: Mapping[Hashable, Sequence[Corners]], key: Callable[[Claim], Hashable]
) -> list[bool]:
    """For every claim whether it is right: it takes the best of the true boxes of its key that no surer one took."""
    left = {name: list(boxes) for name, boxes in true.items()}
    found = [False] * len(claims)
    for place in sorted(range(len(claims)), key=lambda place: -(claims[place].score or 0.0)):
        claim = claims[place]
        boxes = left.get(key(claim), [])
        best = max(boxes, key=lambda box: iou(box, claim.box), default=None)
        if best is not None and iou(best, claim.box) >= LEAST:
            boxes.remove(best)
            found[place] = True
    return found
