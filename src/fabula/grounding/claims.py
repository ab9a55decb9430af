"""What a model says of a story's pictures: boxes with the id of whom or what they show, and perhaps how sure it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from fabula.errors import FabulaError
from fabula.markup.ids import is_id
from fabula.schema import short

Corners = tuple[float, float, float, float]  # left, top, right, bottom in pixels of the picture as it came

MOST = 1e300  # a larger whole number has no float
IDS = "ids are char1, obj2, lm3, bg4"


class Claim(NamedTuple):
    """One told box."""

    image: int  # from 1
    id: str
    box: Corners
    score: float | None = None  # the higher, the surer; any scale


class ToldStory(NamedTuple):
    """All that was told of one story."""

    where: str  # "told.jsonl:3"
    id: str
    claims: tuple[Claim, ...]
    repairs: tuple[str, ...] = ()  # what was dropped or mended in a model's own text, in words


def claims_of(images: Any, where: str) -> Iterator[Claim]:
    """The claims in `[{"image": 1, "entities": [{"id": "char1", "box": [x1, y1, x2, y2], "score": 0.87}]}]`.

    Errors: FabulaError at `where` for whatever is not of this form, for a box without area and an image told twice.
    """
    seen: set[int] = set()
    for place, image in enumerate(_list(images, f"{where}: images"), start=1):
        here = f"{where}: images, item {place}"
        number = _number(image, here)
        if number in seen:
            raise FabulaError(f"{here}: image {number} is told twice; put its entities into one list")
        seen.add(number)
        here = f"{where}: image {number}"
        for row in _list(image.get("entities"), f"{here}: entities"):
            yield _claim(row, number, here)


def _list(value: Any, where: str) -> list[Any]:
    if isinstance(value, list):
        return value
    raise FabulaError(f"{where}: expected a list, got {short(value)}")


def _number(image: Any, where: str) -> int:
    number = image.get("image") if isinstance(image, Mapping) else None
    if isinstance(number, int) and not isinstance(number, bool) and number >= 1:
        return number
    said = f"got {short(number if isinstance(image, Mapping) else image)}"
    raise FabulaError(f'{where}: expected {{"image": N, "entities": [...]}} with N from 1, {said}')


def _claim(row: Any, image: int, where: str) -> Claim:
    if not isinstance(row, Mapping):
        raise FabulaError(f'{where}: expected {{"id": "char1", "box": [...]}}, got {short(row)}')
    name = row.get("id")
    if not isinstance(name, str) or not is_id(name):
        raise FabulaError(f"{where}: {short(name)} is not an id; {IDS}")
    return Claim(image, name, _box(row.get("box"), f"{where}, {name}"), _score(row.get("score"), f"{where}, {name}"))


def _box(value: Any, where: str) -> Corners:
    if not isinstance(value, list) or len(value) != 4 or not all(map(_is_finite, value)):
        raise FabulaError(f"{where}: expected a box [x1, y1, x2, y2] in pixels, got {short(value)}")
    left, top, right, bottom = map(float, value)
    if left >= right or top >= bottom:
        raise FabulaError(f"{where}: the box {short(value)} has no area; x1 < x2 and y1 < y2")
    return left, top, right, bottom


def _score(value: Any, where: str) -> float | None:
    if value is None or _is_finite(value):
        return value
    raise FabulaError(f"{where}: expected a score, a finite number, got {short(value)}")


def _is_finite(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < MOST
