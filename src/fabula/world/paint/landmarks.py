"""The landmarks out of doors; `x` is where they stand."""

from __future__ import annotations

from collections.abc import Callable

from fabula.world.cast import Colour
from fabula.world.paint.brush import Brush
from fabula.world.paint.land import SNOW, Land
from fabula.world.paint.light import darker, paler


def _oak(brush: Brush, x: int, land: Land) -> None:
    bark: Colour = (120, 88, 68)
    brush.polygon(
        [
            (x - 24, -10),
            (x - 13, -24),
            (x - 11, -80),
            (x - 24, -112),
            (x - 14, -112),
            (x, -92),
            (x + 14, -114),
            (x + 24, -112),
            (x + 12, -82),
            (x + 13, -24),
            (x + 26, -10),
        ],
        bark,
    )
    brush.oval(x - 1, -56, 5, 8, darker(bark, 90))
    leaf: Colour = (116, 164, 82)
    for dx, dy, r in ((-40, -116, 30), (40, -118, 30), (0, -142, 38), (-22, -134, 30), (24, -138, 30)):
        brush.oval(x + dx, dy, r, r * 0.8, land.leaf(darker(leaf, 44)))
    for dx, dy, r in ((-44, -124, 22), (34, -128, 22), (-8, -152, 28)):
        brush.oval(x + dx, dy, r, r * 0.78, land.leaf(leaf))


def _stump(brush: Brush, x: int, land: Land) -> None:
    bark: Colour = (142, 104, 78)
    brush.polygon([(x - 34, -8), (x - 24, -20), (x - 22, -58), (x + 22, -58), (x + 24, -20), (x + 36, -8)], bark)
    brush.polygon([(x + 6, -10), (x + 6, -58), (x + 22, -58), (x + 24, -20), (x + 36, -8)], darker(bark))
    brush.oval(x, -58, 22, 7, SNOW if land.snow else (226, 194, 148))
    brush.oval(x, -58, 12, 3.6, (198, 160, 116))
    brush.oval(x - 6, -26, 9, 13, (66, 48, 54))


def _shed(brush: Brush, x: int, land: Land) -> None:
    wall: Colour = (112, 150, 178)
    brush.rect(x - 34, -92, x + 34, -14, wall)
    for k in range(4):
        brush.rect(x - 34 + 17 * k, -92, x - 32.6 + 17 * k, -14, darker(wall, 30))
    brush.polygon([(x - 42, -90), (x - 30, -122), (x + 30, -122), (x + 42, -90)], SNOW if land.snow else (186, 104, 88))
    brush.rect(x - 13, -66, x + 13, -14, (236, 226, 206))
    brush.oval(x + 8, -40, 1.8, 1.8, (120, 90, 70))


def _well(brush: Brush, x: int, land: Land) -> None:
    stone: Colour = (166, 164, 166)
    brush.rect(x - 26, -46, x + 26, -12, stone)
    brush.oval(x, -12, 26, 6, stone)
    for i in range(7):
        brush.oval(x - 20 + 13 * (i % 4) + 5 * (i // 4), -36 + 15 * (i // 4), 5.4, 4, darker(stone, 34))
    brush.oval(x, -46, 28, 7, paler(stone))
    brush.oval(x, -46, 20, 4.4, (66, 72, 92))
    for dx in (-22, 22):
        brush.rect(x + dx - 2.4, -96, x + dx + 2.4, -46, (128, 92, 70))
    brush.polygon([(x - 36, -92), (x, -120), (x + 36, -92)], SNOW if land.snow else (184, 96, 80))


def _boat(brush: Brush, x: int, land: Land) -> None:
    hull: Colour = (196, 92, 80)
    brush.polygon([(x - 48, -40), (x + 46, -46), (x + 34, -10), (x - 32, -8)], hull)
    brush.polygon([(x - 48, -40), (x + 46, -46), (x + 44, -38), (x - 45, -33)], SNOW if land.snow else (250, 238, 214))
    brush.polygon([(x - 38, -22), (x + 39, -27), (x + 36, -18), (x - 35, -14)], darker(hull))
    brush.line([(x - 8, -42), (x + 30, -74)], 3, (150, 112, 82))


def _bridge(brush: Brush, x: int, land: Land) -> None:
    wood: Colour = (176, 132, 94)
    side = 1 if x > 0 else -1
    deck = [(x - 46 * side, -12), (x - 24 * side, -28), (x + 8 * side, -36), (x + 62 * side, -36)]
    under = [(px, py + 9) for px, py in reversed(deck)]
    brush.polygon(
        [(x - 30 * side, -10), (x, -24), (x + 58 * side, -26), (x + 58 * side, -8), (x, -6)], darker(wood, 150)
    )
    brush.polygon([*deck, *under], SNOW if land.snow else wood)
    for dx, dy in ((-40, -14), (-16, -30), (10, -36), (40, -36)):
        brush.rect(x + dx * side - 2, dy - 26, x + dx * side + 2, dy + 8, darker(wood, 50))
    brush.line([(px, py - 26) for px, py in deck], 3.6, paler(wood, 40))


def _mill(brush: Brush, x: int, land: Land) -> None:
    brush.polygon([(x - 28, -12), (x - 17, -108), (x + 17, -108), (x + 28, -12)], (246, 232, 210))
    brush.polygon([(x + 8, -12), (x + 6, -108), (x + 17, -108), (x + 28, -12)], (222, 200, 182))
    brush.polygon([(x - 20, -106), (x, -130), (x + 20, -106)], SNOW if land.snow else (176, 92, 80))
    brush.rect(x - 8, -40, x + 6, -12, (136, 92, 72))
    brush.oval(x - 1, -70, 5, 5, (122, 150, 166))
    turn = land.grain(96, 0, 3)
    for cos, sin in (
        ((1, 0), (0, 1), (-1, 0), (0, -1)),
        ((0.7, 0.7), (-0.7, 0.7), (-0.7, -0.7), (0.7, -0.7)),
        ((0.92, 0.39), (-0.39, 0.92), (-0.92, -0.39), (0.39, -0.92)),
        ((0.39, 0.92), (-0.92, 0.39), (-0.39, -0.92), (0.92, -0.39)),
    )[turn]:
        ax, ay = x + 46 * cos, -108 + 46 * sin
        bx, by = x + 12 * cos, -108 + 12 * sin
        brush.line([(x, -108), (ax, ay)], 2.4, (128, 92, 76))
        brush.polygon(
            [(bx, by), (ax, ay), (ax - 10 * sin, ay + 10 * cos), (bx - 10 * sin, by + 10 * cos)], (250, 244, 230)
        )


MARKS: dict[str, Callable[[Brush, int, Land], None]] = {
    "meadow": _oak,
    "forest": _stump,
    "garden": _shed,
    "village": _well,
    "beach": _boat,
    "river": _bridge,
    "hill": _mill,
}
