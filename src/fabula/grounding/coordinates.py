"""In what boxes were told: pixels of the picture as it came, shares of its sides, thousandths, or another size.

Whoever shows a model a picture of 448x448, or asks it for thousandths, and scores its boxes as pixels gets a zero that
says nothing of the model. So boxes are also tried in the other readings, and where one of these fits far better it is
said. It is never taken by itself: which numbers were told is for a person to know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from fabula.errors import FabulaError, unknown
from fabula.grounding.claims import Claim, Corners, ToldStory
from fabula.grounding.matching import LEAST, area, iou, within
from fabula.grounding.truth import TrueStory
from fabula.markup.ids import kind_of_id
from fabula.schema import convert
from fabula.story import Size

PIXELS = "pixels"
THOUSAND = 1000
SQUARES = {"unit": Size(1, 1), "thousand": Size(THOUSAND, THOUSAND)}
READINGS = (PIXELS, *SQUARES)
BEYOND = 0.05  # of the square's side: models leave it by a little
ENOUGH = 0.1  # of the told boxes, and twice as many as now: a reading that fits so much better is worth a word
FEWEST = 3  # boxes
ALIKE = 0.1  # by so much may two estimates of a size differ
NEAR = 0.03  # a size that is guessed so near to a thousand is a thousand

Reading = str | Size  # one of READINGS, or the size of the pictures that the boxes were told for


class Told(NamedTuple):
    """One told box beside its picture."""

    claim: Claim
    size: Size | None
    story: TrueStory


def reading_of(text: str, where: str = "--boxes") -> Reading:
    """`pixels`, `unit`, `thousand`, or a size `HxW`. FabulaError for anything else."""
    if text in READINGS:
        return text
    if text[:1].isdigit():
        return convert(text, Size, where)
    raise FabulaError(f"{where}: {unknown(text, READINGS)}, or the size HxW of the pictures that were told")


def in_pixels(told: Sequence[ToldStory], true: Mapping[str, TrueStory], boxes: Reading) -> list[ToldStory]:
    """The same boxes in pixels of the pictures as they came. FabulaError where a picture's size is not known."""
    if boxes == PIXELS:
        return list(told)
    return [story._replace(claims=tuple(_converted(story, true[story.id], _square(boxes)))) for story in told]


def warnings(told: Sequence[ToldStory], true: Mapping[str, TrueStory], boxes: Reading) -> list[str]:
    """What a person should hear where boxes seem to be told otherwise than they were read; mostly nothing."""
    pairs = ((claim, true[story.id]) for story in told for claim in story.claims)
    known = [each for each in (Told(claim, story.sizes.get(claim.image), story) for claim, story in pairs) if each.size]
    if not known:
        return []
    now, other = _lying(known, boxes), _best(known, boxes)
    if other and other[1] >= max(FEWEST, ENOUGH * len(known)) and other[1] > 2 * now:
        return [_said(boxes, other[0], now, other[1], len(known))]
    return [sentence for sentence in (_too_small(known, boxes), _outside(known, boxes)) if sentence][:1]


def _square(boxes: Reading) -> Size | None:
    return boxes if isinstance(boxes, Size) else SQUARES.get(boxes)


def _converted(story: ToldStory, true: TrueStory, square: Size | None) -> Iterator[Claim]:
    for claim in story.claims:
        size = true.sizes.get(claim.image)
        if size is None and claim.image in true.sizes:
            here = f"{story.where}: image {claim.image}"
            raise FabulaError(f"{here}: the size of this picture is not known, so its boxes can only be told in pixels")
        yield claim._replace(box=scaled(claim.box, size, square))


def scaled(box: Corners, size: Size | None, square: Size | None) -> Corners:
    """From pixels of a picture of size `square` to those of `size`; as it is where one of them is not known."""
    if size is None or square is None:
        return box
    across, down = size.width / square.width, size.height / square.height
    return box[0] * across, box[1] * down, box[2] * across, box[3] * down


def _lying(told: Sequence[Told], boxes: Reading) -> int:
    """How many told boxes lie on a true one of their kind in their image, whatever its id."""
    return sum(_lies(each, scaled(each.claim.box, each.size, _square(boxes))) for each in told)


def _lies(told: Told, box: Corners) -> bool:
    image, kind = told.claim.image, kind_of_id(told.claim.id)
    inside = within(box, told.size)
    there = (b for (number, name), b in told.story.boxes.items() if number == image and kind_of_id(name) == kind)
    return any(iou(each, inside) >= LEAST for each in there)


def _best(told: Sequence[Told], boxes: Reading) -> tuple[Reading, int] | None:
    """The other reading that fits best, and how many boxes then lie on true ones."""
    found = [(other, _lying(told, other)) for other in _possible(told) if other != boxes]
    return max(found, key=lambda pair: pair[1], default=None)


def _possible(told: Sequence[Told]) -> Iterator[Reading]:
    yield PIXELS
    yield from (name for name, side in SQUARES.items() if _fits(told, side))
    guess = _other_size(told)
    if guess and not all(abs(side - THOUSAND) <= NEAR * THOUSAND for side in guess):
        yield guess


def _fits(told: Sequence[Told], square: Size) -> bool:
    """Whether all boxes lie in the square, or hardly beyond it."""
    corners = np.array([each.claim.box for each in told]) / square.width
    return bool((corners >= -BEYOND).all() and (corners <= 1 + BEYOND).all())


def _other_size(told: Sequence[Told]) -> Size | None:
    """The size of one other picture that told boxes would fit, from those whose id is in their image.

    Where boxes stand and how large they are must speak of the same size: boxes that are merely pushed aside do not.
    """
    pairs = [(each, each.story.boxes.get((each.claim.image, each.claim.id))) for each in told]
    known = [(each.claim.box, box, each.size) for each, box in pairs if box and each.size]
    if len(known) < FEWEST:
        return None
    mine, true = (np.array([boxes[side] for boxes in known], float) for side in (0, 1))  # (N, 4)
    sizes = np.array([(size.width, size.height) for *_, size in known])
    places = np.median((mine[:, :2] + mine[:, 2:]) / (true[:, :2] + true[:, 2:]) * sizes, 0)
    extents = np.median((mine[:, 2:] - mine[:, :2]) / (true[:, 2:] - true[:, :2]) * sizes, 0)
    if min(places) <= 1 or (abs(extents / places - 1) > ALIKE).any():
        return None
    return Size(round(float(places[1])), round(float(places[0])))


def _said(boxes: Reading, other: Reading, now: int, then: int, count: int) -> str:
    how = f"for pictures of about {other}" if isinstance(other, Size) else f"as {_named(other)}"
    return (
        f"of {count:,} told boxes {now:,} lie on a true box of their kind; read {how} it would be {then:,}. "
        f"If they were told so, give --boxes {other}"
    )


def _named(boxes: Reading) -> str:
    names = {"unit": "shares of the picture, 0 to 1", "thousand": "thousandths of the picture", PIXELS: "pixels"}
    return names.get(str(boxes), f"pixels of a picture of {boxes}")


def _too_small(told: Sequence[Told], boxes: Reading) -> str | None:
    if boxes != PIXELS or not _fits(told, SQUARES["unit"]):
        return None
    return (
        f"all {len(told):,} told boxes lie within one pixel of the corner: if they are "
        f"{_named('unit')}, give --boxes unit"
    )


def _outside(told: Sequence[Told], boxes: Reading) -> str | None:
    placed = [within(scaled(each.claim.box, each.size, _square(boxes)), each.size) for each in told]
    out = sum(area(box) <= 0 for box in placed)
    if out < FEWEST or 2 * out <= len(told):
        return None
    return (
        f"{out:,} of {len(told):,} told boxes lie outside of their pictures: if they were told for pictures of another "
        f"size, give it, --boxes HxW; if for {_named('thousand')}, --boxes thousand"
    )
