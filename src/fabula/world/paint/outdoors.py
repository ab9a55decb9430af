"""Seven places under the sky, layer by layer: distant hills, middle ground, ground, landmark."""

from __future__ import annotations

from collections.abc import Callable

from fabula.world.cast import Colour
from fabula.world.paint.brush import Brush, Point
from fabula.world.paint.grain import Grain
from fabula.world.paint.light import darker, mix, paler

SNOW: Colour = (238, 242, 248)
HORIZON = -46
# place -> far hills, near hills, ground, grass or dots on the ground
EARTH: dict[str, tuple[Colour, Colour, Colour, Colour]] = {
    "meadow": ((150, 190, 176), (136, 184, 124), (158, 200, 112), (118, 168, 88)),
    "forest": ((112, 156, 140), (84, 132, 102), (122, 150, 92), (92, 124, 76)),
    "garden": ((160, 194, 170), (142, 184, 124), (150, 192, 116), (108, 158, 86)),
    "village": ((164, 188, 176), (156, 186, 138), (214, 190, 152), (186, 160, 126)),
    "beach": ((150, 190, 200), (108, 178, 194), (242, 220, 170), (222, 196, 142)),
    "river": ((150, 186, 170), (128, 176, 124), (150, 192, 112), (106, 156, 88)),
    "hill": ((150, 180, 190), (140, 182, 146), (172, 198, 106), (134, 170, 84)),
}


class Land:
    """What every layer needs to know: the seed's details, how far to paint, whether snow lies."""

    def __init__(self, place: str, grain: Grain, span: float, snow: bool, night: bool, mark_x: int) -> None:
        self.grain, self.span, self.snow, self.night, self.mark_x = grain, span, snow, night, mark_x
        far, near, ground, tuft = EARTH[place]
        self.far = mix(far, SNOW, 110) if snow else far
        self.near = mix(near, SNOW, 150) if snow else near
        self.ground = mix(ground, SNOW, 226) if snow else ground
        self.tuft = mix(tuft, SNOW, 150) if snow else tuft

    def leaf(self, colour: Colour) -> Colour:
        return mix(colour, SNOW, 120) if self.snow else colour


def ridge(land: Land, first: int, low: int, high: int, bottom: float) -> list[Point]:
    """A hilly outline across the picture between two heights."""
    span, grain, count = land.span + 40, land.grain, 9
    step = 2 * span / (count - 1)
    tops = [-grain(first + i, low, high) for i in range(count)]
    points: list[Point] = [(-span, bottom)]
    for i in range(count - 1):
        x = -span + i * step
        for part in range(4):  # a smooth step between two tops: 3t^2 - 2t^3
            t = part / 4
            points.append((x + t * step, tops[i] + (tops[i + 1] - tops[i]) * t * t * (3 - 2 * t)))
    return [*points, (span, float(tops[-1])), (span, bottom)]


def paint_far(brush: Brush, place: str, land: Land) -> None:
    """The layers far away."""
    brush.polygon(ridge(land, 100, 58, 88, 0), land.far)
    if place == "beach":
        return
    brush.polygon(ridge(land, 110, 46, 66, 0), mix(land.far, land.near, 128))


def paint_middle(brush: Brush, place: str, land: Land) -> None:
    """The layer in the middle distance."""
    {"forest": _far_trees, "village": _far_houses, "beach": _sea, "river": _bushes, "hill": _far_fields}.get(
        place, _bushes
    )(brush, land)


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


def tree(brush: Brush, x: float, y: float, size: float, leaf: Colour, land: Land) -> None:
    """A broad tree with a round crown; `size` 1 is about 90 high."""
    trunk = (124, 90, 70)
    brush.polygon(
        [(x - 5 * size, y), (x - 3 * size, y - 40 * size), (x + 3 * size, y - 40 * size), (x + 6 * size, y)], trunk
    )
    shade = land.leaf(darker(leaf, 40))
    bright = land.leaf(leaf)
    for dx, dy, r in ((-16, -46, 17), (16, -48, 17), (0, -62, 21)):
        brush.oval(x + dx * size, y + dy * size, r * size, r * size * 0.9, shade)
    for dx, dy, r in ((-18, -51, 13), (13, -53, 14), (-3, -68, 16)):
        brush.oval(x + dx * size, y + dy * size, r * size, r * size * 0.9, bright)


def fir(brush: Brush, x: float, y: float, size: float, leaf: Colour, land: Land) -> None:
    brush.rect(x - 3 * size, y - 14 * size, x + 3 * size, y, (104, 78, 66))
    for k in range(3):
        low, wide = y - (10 + 24 * k) * size, (26 - 6 * k) * size
        brush.polygon([(x - wide, low), (x, low - 40 * size), (x + wide, low)], darker(leaf, 30 - 14 * k))
        if land.snow:
            brush.polygon(
                [(x - wide * 0.45, low - 22 * size), (x, low - 40 * size), (x + wide * 0.45, low - 22 * size)], SNOW
            )


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
