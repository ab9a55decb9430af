"""The heads of the twelve kinds."""

from __future__ import annotations

from collections.abc import Callable

from fabula.world.cast import KINDS, Kind
from fabula.world.paint import animals, humans
from fabula.world.paint.faces import Face

HEADS: dict[str, Callable[[Face, Kind, str, bool], None]] = {
    "fox": animals.fox,
    "rabbit": animals.rabbit,
    "bear": animals.bear,
    "cat": animals.cat,
    "mouse": animals.mouse,
    "frog": animals.frog,
    "duck": animals.duck,
    "hedgehog": animals.hedgehog,
    "girl": humans.girl,
    "boy": humans.boy,
    "grandmother": humans.grandmother,
    "grandfather": humans.grandfather,
}


def paint_head(face: Face, kind: str, feeling: str, *, asleep: bool) -> None:
    """The head with its face."""
    HEADS[kind](face, KINDS[kind], feeling, asleep)
