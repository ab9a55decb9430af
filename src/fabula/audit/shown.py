"""The examples as the page shows them: a second reading, of the stories alone whose pictures are shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from fabula.audit.finding import Example, Finding, Side, Where
from fabula.data.source import Source
from fabula.errors import FabulaError
from fabula.report.pictures import Shown, shown_picture
from fabula.story import Frame, Size

WIDEST = 360  # pixels of a picture on the page


class Piece(NamedTuple):
    """A stretch of a caption."""

    text: str
    shared: bool


class ShownSide(NamedTuple):
    where: str
    picture: Shown | None
    pieces: tuple[Piece, ...]


Shows = Mapping[Where, Shown]


def show_examples(source: Source, found: Iterable[Finding], size: Size | None) -> Shows:
    """The pictures of all sides of all examples, by place."""
    wanted = {side.where for each in found for example in each.examples for side in example.sides}
    return {where: shown for split in source.splits for where, shown in _of_split(source, split, wanted, size)}


def _of_split(source: Source, split: str, wanted: set[Where], size: Size | None) -> Iterable[tuple[Where, Shown]]:
    here = [where for where in wanted if where.split == split]
    places = sorted({where.place for where in here})
    for place, story in zip(places, source.stories(split, size, frozenset(places)) if places else (), strict=True):
        for where in here:
            shown = _picture(story.frames[where.frame or 0], where) if where.place == place else None
            if shown:
                yield where, shown


def _picture(frame: Frame, where: Where) -> Shown | None:
    try:
        return shown_picture(frame.picture, f"Picture of {where}", WIDEST) if frame.picture else None
    except FabulaError:
        return None


def shown_sides(example: Example, shows: Shows) -> Sequence[ShownSide]:
    """Both sides of an example; none where it is told in words alone."""
    return [ShownSide(str(side.where), shows.get(side.where), pieces(side)) for side in example.sides]


def pieces(side: Side) -> tuple[Piece, ...]:
    """The caption in pieces that join to it again."""
    cuts = [0, *(end for mark in side.marks for end in mark), len(side.caption)]
    told = (Piece(side.caption[start:end], bool(at % 2)) for at, (start, end) in enumerate(pairwise(cuts)))
    return tuple(piece for piece in told if piece.text)
