"""Faces: eyes, brows, mouth and cheeks of every feeling. Sizes are those of a head 46 wide, facing right."""

from __future__ import annotations

from collections.abc import Sequence

from fabula.world.cast import Colour
from fabula.world.paint.brush import Brush

INK: Colour = (46, 36, 50)
WHITE: Colour = (255, 255, 255)


class Face:
    """A head's own coordinates: (0, 0) its middle, x towards where it looks, y up."""

    def __init__(self, brush: Brush, x: float, y: float, scale: float, flip: int) -> None:
        self.brush, self.x, self.y, self.scale, self.flip = brush, x, y, scale, flip

    def oval(self, x: float, y: float, rx: float, ry: float, colour: Colour, alpha: int = 255) -> None:
        s = self.scale
        self.brush.oval(self.x + x * s * self.flip, self.y - y * s, rx * s, ry * s, colour, alpha)

    def polygon(self, points: Sequence[tuple[float, float]], colour: Colour) -> None:
        s, f = self.scale, self.scale * self.flip
        self.brush.polygon([(self.x + x * f, self.y - y * s) for x, y in points], colour)

    def line(self, points: Sequence[tuple[float, float]], width: float, colour: Colour = INK) -> None:
        s, f = self.scale, self.scale * self.flip
        self.brush.line([(self.x + x * f, self.y - y * s) for x, y in points], width * s, colour)


def paint_face(
    face: Face, feeling: str, *, asleep: bool, eye_y: float, gap: float, mouth_y: float, cheek: Colour
) -> None:
    """Eyes `gap` apart at `eye_y`, mouth at `mouth_y`; a beak or muzzle is painted before."""
    for x in (4 - gap, 4 + gap):
        face.oval(x + (2.5 if x > 4 else -2.5), eye_y - 7, 4.2, 2.8, cheek, 120)
    paint_eyes(face, "asleep" if asleep else feeling, eye_y, gap)
    paint_brows(face, feeling, eye_y, gap)
    _mouth(face, "asleep" if asleep else feeling, mouth_y)


def paint_eyes(face: Face, feeling: str, y: float, gap: float) -> None:
    for side in (-1, 1):
        x = 4 + side * gap
        if feeling in ("asleep", "sleepy"):
            face.line([(x - 3.6, y), (x - 1.6, y - 1.8), (x + 1.6, y - 1.8), (x + 3.6, y)], 1.7)
        elif feeling in ("proud",):
            face.line([(x - 3.6, y - 1.6), (x - 1.4, y + 1.2), (x + 1.4, y + 1.2), (x + 3.6, y - 1.6)], 1.8)
        elif feeling in ("surprised", "afraid"):
            face.oval(x, y, 5, 5.8, WHITE)
            face.oval(x + 0.8, y, 2.7, 3.2, INK)
            face.oval(x + 1.6, y + 1.4, 0.9, 1, WHITE)
        else:
            face.oval(x, y, 3, 4, INK)
            face.oval(x + 1, y + 1.5, 1.1, 1.3, WHITE)


# feeling -> height of the brow's inner and outer end above the eye
BROWS = {
    "sad": (9, 6),
    "afraid": (10.5, 8),
    "angry": (5, 9),
    "surprised": (10.5, 10.5),
    "curious": (8, 9.5),
    "proud": (7, 6),
}


def paint_brows(face: Face, feeling: str, y: float, gap: float) -> None:
    if feeling not in BROWS:
        return
    inner, outer = BROWS[feeling]
    for side in (-1, 1):
        x, lift = 4 + side * gap, 2 if feeling == "curious" and side > 0 else 0
        face.line([(x - 3.4 * side, y + inner + lift), (x + 3.4 * side, y + outer + lift)], 1.8)


def _mouth(face: Face, feeling: str, y: float) -> None:
    x = 5
    if feeling == "happy":
        face.polygon(
            [(x - 5, y + 1.6), (x + 5, y + 1.6), (x + 3.2, y - 2.6), (x, y - 3.8), (x - 3.2, y - 2.6)], (150, 54, 60)
        )
        face.oval(x, y - 2.4, 2.2, 1.1, (232, 120, 120))
    elif feeling in ("calm", "proud", "curious", "asleep"):
        wide = 2.6 if feeling in ("curious", "asleep") else 4
        face.line([(x - wide, y + 0.8), (x - wide / 2, y - 0.9), (x + wide / 2, y - 0.9), (x + wide, y + 0.8)], 1.6)
    elif feeling == "sad":
        face.line([(x - 4, y - 2), (x - 2, y), (x + 2, y), (x + 4, y - 2)], 1.7)
        face.oval(x + 7.5, y + 4, 1.7, 2.6, (132, 196, 232))
    elif feeling == "surprised":
        face.oval(x, y - 1, 2.6, 3.6, (120, 44, 54))
    elif feeling == "afraid":
        face.line([(x - 4.4, y - 1.6), (x - 2, y), (x, y - 1.6), (x + 2, y), (x + 4.4, y - 1.6)], 1.7)
    elif feeling == "angry":
        face.line([(x - 4, y - 1.8), (x - 1.6, y - 0.2), (x + 1.6, y - 0.2), (x + 4, y - 1.8)], 2)
    else:
        face.oval(x, y, 1.8, 1.3, (120, 44, 54))
