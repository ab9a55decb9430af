"""The ground that everybody stands on, in seven places."""

from __future__ import annotations

from collections.abc import Callable

from fabula.world.cast import Colour
from fabula.world.paint.brush import Brush
from fabula.world.paint.land import SNOW, Land, ridge
from fabula.world.paint.landmarks import MARKS
from fabula.world.paint.light import mix, paler


def paint_ground(brush: Brush, place: str, land: Land) -> None:
    """The ground that everybody stands on, with the place's landmark."""
    top = ridge(land, 120, 44, 49, 60)
    brush.polygon(top, land.ground)
    brush.polygon(ridge(land, 132, 8, 20, 60), mix(land.ground, paler(land.ground), 90))
    GROUND[place](brush, land)
    if place not in ("village", "beach"):
        _tufts(brush, land)
    MARKS[place](brush, land.mark_x, land)


def _tufts(brush: Brush, land: Land) -> None:
    for i in range(16):
        x, y = land.grain(i + 140, -1000, 1000) * land.span / 1000, land.grain(i + 160, -38, 26)
        size = 2 + (y + 40) / 16
        brush.polygon(
            [
                (x - size, y),
                (x - size * 0.9, y - size * 1.2),
                (x - size * 0.3, y - size * 0.4),
                (x, y - size * 1.8),
                (x + size * 0.4, y - size * 0.4),
                (x + size, y - size * 1.2),
                (x + size, y),
            ],
            land.tuft,
        )


def _meadow(brush: Brush, land: Land) -> None:
    for i in range(0 if land.snow else 22):
        x, y = land.grain(i + 20, -1000, 1000) * land.span / 1000, land.grain(i + 3, -36, 28)
        size = 1.2 + (y + 40) / 46
        colour = ((252, 250, 240), (250, 214, 92), (232, 130, 138))[i % 3]
        brush.oval(x, y, size, size, colour)


def _forest(brush: Brush, land: Land) -> None:
    for i in range(5):
        x = (-1 + (i + 0.5) / 2.5) * land.span * 1.05 + land.grain(i + 80, -14, 14)
        if abs(x - land.mark_x) < 30:
            continue
        wide = land.grain(i + 86, 7, 11)
        brush.polygon(
            [
                (x - wide - 4, -30),
                (x - wide, -50),
                (x - wide + 2, -260),
                (x + wide - 2, -260),
                (x + wide, -50),
                (x + wide + 5, -30),
            ],
            (112, 86, 76),
        )
        brush.polygon(
            [(x + wide * 0.3, -32), (x + wide * 0.3, -260), (x + wide - 2, -260), (x + wide, -50), (x + wide + 5, -30)],
            (94, 70, 66),
        )
        brush.oval(x - 24, -206, 34, 24, land.leaf((86, 136, 88)))
        brush.oval(x + 24, -202, 36, 26, land.leaf((74, 124, 84)))
    for i in range(5):
        x, y = land.grain(i + 20, -1000, 1000) * land.span / 1000, land.grain(i + 26, -32, 24)
        brush.rect(x - 1, y - 4, x + 1, y, (244, 232, 214))
        brush.oval(x, y - 5, 4, 2.8, (206, 76, 62))


def _garden(brush: Brush, land: Land) -> None:
    span = land.span + 40
    for i in range(int(span / 7)):
        x = -span + i * 14
        brush.polygon([(x, -30), (x, -58), (x + 4.5, -63), (x + 9, -58), (x + 9, -30)], (250, 246, 236))
    brush.rect(-span, -52, span, -48, (238, 232, 220))
    for i in range(16):
        x, y = (-1 + (i + 0.5) / 8) * land.span + land.grain(i + 20, -6, 6), -24 + land.grain(i + 3, -4, 4)
        brush.oval(x, y, 9, 6, land.leaf((92, 146, 88)))
        colour = ((226, 112, 122), (250, 204, 96), (160, 124, 190), (244, 244, 240))[land.grain(i + 40, 0, 3)]
        if not land.snow:
            brush.oval(x - 3, y - 7, 4, 4, colour)
            brush.oval(x + 4, y - 5, 3.4, 3.4, colour)


def _village(brush: Brush, land: Land) -> None:
    for i in range(34):
        x, y = land.grain(i + 20, -1000, 1000) * land.span / 1000, land.grain(i + 56, -36, 30)
        size = 3 + (y + 40) / 14
        brush.oval(x, y, size * 1.5, size * 0.55, land.tuft)


def _beach(brush: Brush, land: Land) -> None:
    span = land.span + 40
    for k, (top, colour) in enumerate(((-50, (88, 162, 186)), (-42, (232, 244, 240)), (-39, land.ground))):
        wave = ridge(land, 20 + k, -top - 2, -top + 2, 60)
        brush.polygon(wave, colour)
    for i in range(10):
        x, y = land.grain(i + 40, -1000, 1000) * land.span / 1000, land.grain(i + 52, -30, 28)
        brush.oval(x, y, 2.6, 1.8, ((250, 236, 220), (236, 170, 150), land.tuft)[i % 3])
    x = -land.mark_x * 1.5
    if abs(x) < span:
        brush.polygon([(x - 2, -20), (x + 2, -20), (x + 2, -96), (x - 2, -96)], (240, 234, 220))
        brush.polygon([(x - 38, -80), (x - 20, -98), (x, -104), (x + 20, -98), (x + 38, -80)], (218, 96, 84))
        brush.polygon([(x - 14, -80), (x - 8, -101), (x, -104), (x + 8, -101), (x + 14, -80)], (250, 240, 222))


def _river(brush: Brush, land: Land) -> None:
    water: Colour = (106, 172, 196)
    low, high = ridge(land, 60, 14, 19, 0)[1:-1], ridge(land, 70, 36, 40, 0)[1:-1]
    brush.polygon([*high, *reversed(low)], water)
    for i in range(10):
        x, y = land.grain(i + 20, -1000, 1000) * land.span / 1000, -36 + land.grain(i + 32, 2, 16)
        brush.rect(x - 8, y, x + 9, y + 1.2, paler(water, 110))
    for i in range(9):
        x, y = land.grain(i + 80, -1000, 1000) * land.span / 1000, -12 + land.grain(i + 92, -3, 3)
        brush.line([(x, y), (x + 1, y - 22)], 1.4, land.leaf((96, 140, 84)))
        brush.turned(x + 1, y - 22, 4.5, 1.6, 0, 1, (128, 88, 62))


def _hill(brush: Brush, land: Land) -> None:
    path = (226, 204, 156) if not land.snow else SNOW
    brush.polygon([(-20, 60), (-6, 0), (14, -24), (6, -46), (12, -46), (24, -24), (14, 0), (30, 60)], path)


GROUND: dict[str, Callable[[Brush, Land], None]] = {
    "meadow": _meadow,
    "forest": _forest,
    "garden": _garden,
    "village": _village,
    "beach": _beach,
    "river": _river,
    "hill": _hill,
}
