"""What is seen far off: hills, trees, houses, the sea."""

from __future__ import annotations

from fabula.world.cast import Colour
from fabula.world.paint.brush import Brush
from fabula.world.paint.land import HORIZON, SNOW, Land, fir, ridge, tree
from fabula.world.paint.light import darker, mix, paler


def paint_far(brush: Brush, place: str, land: Land) -> None:
    """The layers far away."""
    brush.polygon(ridge(land, 100, 58, 88, 0), land.far)
    if place == "beach":
        return
    brush.polygon(ridge(land, 110, 46, 66, 0), mix(land.far, land.near, 128))


def _bushes(brush: Brush, land: Land) -> None:
    brush.polygon(ridge(land, 150, 44, 56, 0), land.near)
    for i in range(7):
        x = (-1 + (i + 0.5) / 3.5) * land.span + land.grain(i + 40, -20, 20)
        if land.grain(i + 50, 0, 2):
            tree(brush, x, HORIZON + 4, land.grain(i + 54, 34, 62) / 100, (112, 164, 104), land)
        else:
            brush.oval(x, HORIZON, 18, 12, land.leaf((104, 154, 98)))


def _far_trees(brush: Brush, land: Land) -> None:
    for row, (base, colour) in enumerate(((HORIZON, (78, 126, 104)), (HORIZON + 6, (64, 110, 84)))):
        for i in range(9):
            x = (-1 + (i + 0.5 + row * 0.5) / 4.5) * land.span * 1.1 + land.grain(i + 40 + row * 9, -12, 12)
            fir(brush, x, base, land.grain(i + 60 + row * 9, 90, 130) / 100, colour, land)


ROOFS: tuple[Colour, ...] = ((190, 92, 76), (170, 110, 90), (204, 128, 92), (120, 110, 140))


WALLS: tuple[Colour, ...] = ((246, 226, 196), (236, 206, 184), (222, 216, 206), (240, 216, 160))


def _far_houses(brush: Brush, land: Land) -> None:
    brush.polygon(ridge(land, 150, 48, 58, 0), land.near)
    x, i = -land.span - 20, 0
    while x < land.span + 20:
        wide, high = land.grain(i + 40, 40, 58), land.grain(i + 52, 34, 58)
        house(brush, x, HORIZON + 8, wide, high, i, land)
        x += wide + land.grain(i + 64, -2, 22)
        i += 1


def house(brush: Brush, x: float, y: float, wide: float, high: float, i: int, land: Land) -> None:
    wall, roof = WALLS[land.grain(i + 20, 0, 3)], ROOFS[land.grain(i + 30, 0, 3)]
    roof = mix(roof, SNOW, 190) if land.snow else roof
    brush.rect(x, y - high, x + wide, y, wall)
    brush.rect(x + wide * 0.72, y - high, x + wide, y, darker(wall, 26))
    brush.rect(x + wide * 0.7, y - high - 26, x + wide * 0.84, y - high, darker(roof, 60))
    brush.polygon([(x - 5, y - high), (x + wide / 2, y - high - 26), (x + wide + 5, y - high)], roof)
    glow: Colour = (255, 214, 120) if land.night else (122, 150, 166)
    bare = brush.bare() if land.night else brush
    for k in (0.14, 0.46):
        bare.rect(x + wide * k, y - high * 0.82, x + wide * (k + 0.2), y - high * 0.5, glow)
    brush.rect(x + wide * 0.3, y - high * 0.38, x + wide * 0.54, y, (136, 92, 72))


def _sea(brush: Brush, land: Land) -> None:
    water: Colour = (88, 162, 186)
    span = land.span + 40
    brush.rect(-span, -66, span, 0, water)
    brush.rect(-span, -66, span, -62, paler(water, 50))
    for i in range(12):
        x, y = land.grain(i + 40, -1000, 1000) * land.span / 1000, -60 + land.grain(i + 52, 0, 14)
        brush.rect(x - 10, y, x + 12, y + 1.4, paler(water, 110))
    x = land.grain(66, -900, 900) * land.span / 1000
    brush.polygon([(x - 12, -66), (x + 12, -66), (x + 8, -61), (x - 8, -61)], (150, 96, 76))
    brush.polygon([(x, -68), (x, -92), (x + 12, -68)], (250, 244, 230))
    brush.polygon([(x - 2, -68), (x - 2, -86), (x - 10, -68)], (226, 130, 110))


def _far_fields(brush: Brush, land: Land) -> None:
    brush.polygon(ridge(land, 150, 34, 50, 0), land.near)
    for i in range(5):
        x = land.grain(i + 40, -1000, 1000) * land.span / 1000
        brush.oval(x, HORIZON + 6, 26, 4, land.leaf(((226, 200, 110), (130, 172, 96))[i % 2]))
    for i in range(4):
        x = land.grain(i + 50, -1000, 1000) * land.span / 1000
        brush.rect(x, HORIZON - 4, x + 7, HORIZON + 1, (244, 228, 204))
        brush.polygon([(x - 1.5, HORIZON - 4), (x + 3.5, HORIZON - 9), (x + 8.5, HORIZON - 4)], (190, 92, 76))


MIDDLE = {"forest": _far_trees, "village": _far_houses, "beach": _sea, "river": _bushes, "hill": _far_fields}


def paint_middle(brush: Brush, place: str, land: Land) -> None:
    """The layer in the middle distance."""
    MIDDLE.get(place, _bushes)(brush, land)
