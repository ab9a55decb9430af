"""What all heads share: a round shape, and a face on it."""

from __future__ import annotations

from fabula.world.cast import Colour
from fabula.world.paint.faces import Face, paint_face
from fabula.world.paint.light import darker

BLUSH: Colour = (236, 120, 110)


def skull(f: Face, colour: Colour, rx: float = 23, ry: float = 20) -> None:
    f.oval(0, 0, rx, ry, darker(colour, 34))
    f.oval(1.2, 1.2, rx - 1.6, ry - 1.4, colour)


def features(
    f: Face, feeling: str, asleep: bool, eye_y: float = 1, gap: float = 8.6, mouth_y: float = -10, cheek: Colour = BLUSH
) -> None:
    paint_face(f, feeling, asleep=asleep, eye_y=eye_y, gap=gap, mouth_y=mouth_y, cheek=cheek)
