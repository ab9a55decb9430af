"""Bounding boxes as a table writes them: `x1,y1,x2,y2` in pixels of the picture as it came."""

from __future__ import annotations

import math
import re

from fabula.markup.repairs import Repairs, quoted
from fabula.story import Box, Size

_NUMBER = r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_BOX = re.compile(rf"[\s\[\](){{}}]*({_NUMBER})" + rf"[\s,;]+({_NUMBER})" * 3 + r"[\s\[\](){}]*")
_EMPTY = re.compile(r"[\s\-\u2013\u2014\[\]()]*")


def looks_like_box(text: str) -> bool:
    return _BOX.fullmatch(text) is not None


def read_box(text: str, size: Size | None, where: str, repairs: Repairs) -> Box | None:
    """The box, clamped to the picture where its size is known; None (and a repair) where there is none to be had.

    Spaces, brackets and floats are understood. A box without area or wholly outside the picture is dropped.
    """
    if _EMPTY.fullmatch(text):
        repairs.note("box dropped: empty", where)
        return None
    match = _BOX.fullmatch(text)
    corners = [float(number) for number in match.groups()] if match else [math.inf]
    if not all(map(math.isfinite, corners)):
        repairs.note("box dropped: not numbers", f"{where}: {quoted(text)}")
        return None
    left, top, right, bottom = corners
    if round(left) >= round(right) or round(top) >= round(bottom):
        repairs.note("box dropped: empty", f"{where}: {quoted(text)}")
        return None
    return _clamped(corners, size, f"{where}: {quoted(text)}", repairs)


def _clamped(corners: list[float], size: Size | None, where: str, repairs: Repairs) -> Box | None:
    width, height = (size.width, size.height) if size else (math.inf, math.inf)
    ends = (width, height, width, height)
    inside = [min(max(corner, 0), end) for corner, end in zip(corners, ends, strict=True)]
    box = Box(*map(round, inside))
    if box.left >= box.right or box.top >= box.bottom:
        repairs.note("box dropped: outside the picture", where)
        return None
    if inside != corners:
        repairs.note("box clamped to the picture", where)
    return box
