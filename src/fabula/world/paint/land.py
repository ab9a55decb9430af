"""The land under the sky: its colours, its hilly outlines, its trees."""

from __future__ import annotations

from fabula.world.cast import Colour
from fabula.world.paint.brush import Brush, Point
from fabula.world.paint.grain import Grain
from fabula.world.paint.light import darker, mix

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
