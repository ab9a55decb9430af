"""The props and their visible state. A prop is painted around its middle, some 20 units large at scale 1."""

from __future__ import annotations

from collections.abc import Callable

from fabula.world.cast import Colour
from fabula.world.paint.brush import Brush
from fabula.world.paint.light import darker, paler
from fabula.world.props import PROP_COLOURS
from fabula.world.scene import Item

Paint = Callable[[Brush, float, float, float, Colour, Item], None]


def paint_item(brush: Brush, item: Item, x: float, y: float, scale: float = 1.0) -> None:
    """The prop with its middle at (x, y)."""
    THINGS[item.kind](brush, x, y, scale, PROP_COLOURS[item.colour], item)


def _ball(b: Brush, x: float, y: float, s: float, c: Colour, item: Item) -> None:
    b.oval(x, y, 12 * s, 12 * s, darker(c, 50))
    b.oval(x - 1.2 * s, y - 1.4 * s, 10.6 * s, 10.4 * s, c)
    b.turned(x, y, 11.6 * s, 3.4 * s, 0.86, -0.5, (252, 246, 232))
    b.oval(x - 4 * s, y - 6 * s, 2.4 * s, 2 * s, paler(c, 170))


def _kite(b: Brush, x: float, y: float, s: float, c: Colour, item: Item) -> None:
    y -= 6 * s
    b.line(
        [(x, y + 16 * s), (x - 5 * s, y + 24 * s), (x + 4 * s, y + 31 * s), (x - 2 * s, y + 38 * s)],
        1.4 * s,
        (90, 70, 90),
    )
    for dx, dy in ((-5, 24), (4, 31)):
        b.polygon(
            [
                (x + (dx - 4) * s, y + (dy - 3) * s),
                (x + (dx + 4) * s, y + (dy + 3) * s),
                (x + (dx - 4) * s, y + (dy + 3) * s),
                (x + (dx + 4) * s, y + (dy - 3) * s),
            ],
            paler(c, 90),
        )
    if item.broken:
        b.polygon(
            [
                (x - 2 * s, y - 20 * s),
                (x - 14 * s, y - 4 * s),
                (x - 5 * s, y + 2 * s),
                (x - 9 * s, y + 10 * s),
                (x - 1 * s, y + 17 * s),
                (x - 3 * s, y),
            ],
            c,
        )
        b.polygon(
            [
                (x + 5 * s, y - 16 * s),
                (x + 18 * s, y - 1 * s),
                (x + 9 * s, y + 13 * s),
                (x + 4 * s, y + 4 * s),
                (x + 9 * s, y - 3 * s),
            ],
            darker(c, 40),
        )
        return
    b.polygon([(x, y - 20 * s), (x - 14 * s, y - 4 * s), (x, y + 17 * s)], c)
    b.polygon([(x, y - 20 * s), (x + 14 * s, y - 4 * s), (x, y + 17 * s)], paler(c, 90))
    b.line([(x, y - 20 * s), (x, y + 17 * s)], 1.2 * s, darker(c, 80))
    b.line([(x - 14 * s, y - 4 * s), (x + 14 * s, y - 4 * s)], 1.2 * s, darker(c, 80))


def _boat(b: Brush, x: float, y: float, s: float, c: Colour, item: Item) -> None:
    b.polygon(
        [(x - 15 * s, y + 4 * s), (x + 15 * s, y + 4 * s), (x + 9 * s, y + 12 * s), (x - 9 * s, y + 12 * s)],
        (154, 104, 76),
    )
    b.rect(x - 15 * s, y + 3 * s, x + 15 * s, y + 5.4 * s, (216, 176, 130))
    if item.broken:
        b.line([(x - 1 * s, y + 4 * s), (x - 2 * s, y - 4 * s)], 1.8 * s, (110, 80, 66))
        b.polygon([(x + 4 * s, y + 2 * s), (x + 20 * s, y - 4 * s), (x + 17 * s, y + 5 * s)], c)
        b.polygon([(x - 4 * s, y + 12 * s), (x - 1 * s, y + 7 * s), (x + 2 * s, y + 12 * s)], (70, 50, 50))
        return
    b.line([(x - 1 * s, y + 4 * s), (x - 1 * s, y - 18 * s)], 1.8 * s, (110, 80, 66))
    b.polygon([(x + 0.5 * s, y - 17 * s), (x + 14 * s, y + 1 * s), (x + 0.5 * s, y + 1 * s)], c)
    b.polygon([(x - 2.5 * s, y - 13 * s), (x - 11 * s, y + 1 * s), (x - 2.5 * s, y + 1 * s)], paler(c, 120))


def _teapot(b: Brush, x: float, y: float, s: float, c: Colour, item: Item) -> None:
    b.arc(x - 12 * s, y + 1 * s, 6 * s, 7 * s, 70, 290, 2.6 * s, darker(c, 40))
    b.polygon(
        [(x + 8 * s, y + 5 * s), (x + 18 * s, y - 8 * s), (x + 20 * s, y - 6 * s), (x + 11 * s, y + 9 * s)],
        darker(c, 30),
    )
    b.oval(x, y + 2 * s, 12.5 * s, 10 * s, c)
    b.oval(x - 3 * s, y - 1 * s, 5 * s, 3.4 * s, paler(c, 100))
    if item.broken:
        b.polygon(
            [
                (x - 8 * s, y - 8 * s),
                (x - 3 * s, y - 1 * s),
                (x + 0 * s, y - 5 * s),
                (x + 4 * s, y + 2 * s),
                (x + 9 * s, y - 8 * s),
            ],
            (52, 44, 62),
        )
        b.polygon([(x + 9 * s, y - 14 * s), (x + 16 * s, y - 16 * s), (x + 14 * s, y - 10 * s)], c)
        return
    b.oval(x, y - 7 * s, 8 * s, 2.8 * s, darker(c, 40))
    b.oval(x, y - 10.5 * s, 2.4 * s, 2.4 * s, darker(c, 40))


def _bare(b: Brush) -> Brush:
    return b.bare()


def _glow(b: Brush, x: float, y: float, s: float) -> None:
    bare = _bare(b)
    for radius, alpha in ((46, 34), (32, 44), (20, 60)):
        bare.oval(x, y, radius * s, radius * s, (255, 214, 120), alpha)


def _lantern(b: Brush, x: float, y: float, s: float, c: Colour, item: Item) -> None:
    if item.lit:
        _glow(b, x, y, s)
    b.arc(x, y - 11 * s, 6 * s, 7 * s, 180, 360, 1.8 * s, darker(c, 90))
    b.polygon([(x - 9 * s, y - 8 * s), (x - 4 * s, y - 14 * s), (x + 4 * s, y - 14 * s), (x + 9 * s, y - 8 * s)], c)
    glass = (255, 226, 132) if item.lit else (176, 190, 196)
    (_bare(b) if item.lit else b).rect(x - 7.4 * s, y - 8 * s, x + 7.4 * s, y + 9 * s, glass)
    if item.lit:
        _bare(b).oval(x, y + 2 * s, 3 * s, 5 * s, (255, 250, 220))
    for dx in (-7.6, 0, 6.4):
        b.rect(x + dx * s, y - 8 * s, x + (dx + 1.4) * s, y + 9 * s, darker(c, 40))
    b.rect(x - 10 * s, y + 8 * s, x + 10 * s, y + 12 * s, c)


def _candle(b: Brush, x: float, y: float, s: float, c: Colour, item: Item) -> None:
    if item.lit:
        _glow(b, x, y - 14 * s, s)
    b.oval(x, y + 10 * s, 11 * s, 3.6 * s, (206, 164, 90))
    b.rect(x - 4.4 * s, y - 8 * s, x + 4.4 * s, y + 10 * s, c)
    b.rect(x + 1.6 * s, y - 8 * s, x + 4.4 * s, y + 10 * s, darker(c, 36))
    b.line([(x, y - 8 * s), (x, y - 11 * s)], 1.2 * s, (60, 50, 60))
    if item.lit:
        bare = _bare(b)
        bare.polygon(
            [(x, y - 24 * s), (x - 4.4 * s, y - 13 * s), (x, y - 9 * s), (x + 4.4 * s, y - 13 * s)], (255, 178, 72)
        )
        bare.oval(x, y - 13 * s, 2.2 * s, 3.4 * s, (255, 246, 200))


def _apple(b: Brush, x: float, y: float, s: float, c: Colour, item: Item) -> None:
    b.line([(x, y - 8 * s), (x + 2 * s, y - 15 * s)], 1.8 * s, (110, 76, 58))
    b.turned(x + 7 * s, y - 13 * s, 5 * s, 2.4 * s, 0.9, -0.4, (108, 160, 84))
    b.oval(x - 4 * s, y, 8.4 * s, 10 * s, c)
    b.oval(x + 4 * s, y, 8.4 * s, 10 * s, darker(c, 24))
    b.oval(x - 5.5 * s, y - 4 * s, 2.6 * s, 3 * s, paler(c, 150))


def _cake(b: Brush, x: float, y: float, s: float, c: Colour, item: Item) -> None:
    b.oval(x, y + 10 * s, 16 * s, 3.6 * s, (240, 238, 236))
    b.rect(x - 12 * s, y - 3 * s, x + 12 * s, y + 10 * s, (198, 140, 92))
    b.rect(x - 12 * s, y + 2.4 * s, x + 12 * s, y + 4.6 * s, (250, 240, 220))
    b.oval(x, y - 3 * s, 12 * s, 4 * s, c)
    for dx, dy in ((-9, 1), (-3, 3), (4, 1.6), (9, 0.6)):
        b.oval(x + dx * s, y + dy * s, 3 * s, 3 * s, c)
    b.oval(x, y - 8 * s, 3.6 * s, 3.6 * s, (204, 62, 60))


def _acorn(b: Brush, x: float, y: float, s: float, c: Colour, item: Item) -> None:
    if item.planted:
        _sprout(b, x, y, s, item)
        return
    b.polygon(
        [
            (x - 8 * s, y - 2 * s),
            (x + 8 * s, y - 2 * s),
            (x + 5 * s, y + 8 * s),
            (x, y + 14 * s),
            (x - 5 * s, y + 8 * s),
        ],
        (206, 148, 84),
    )
    b.oval(x, y - 3 * s, 10 * s, 5.6 * s, c)
    b.line([(x, y - 7 * s), (x + 1.6 * s, y - 13 * s)], 2 * s, c)


def _seed(b: Brush, x: float, y: float, s: float, c: Colour, item: Item) -> None:
    if item.planted:
        _sprout(b, x, y, s, item)
        return
    b.polygon(
        [
            (x, y - 12 * s),
            (x - 7 * s, y - 1 * s),
            (x - 6 * s, y + 7 * s),
            (x, y + 11 * s),
            (x + 6 * s, y + 7 * s),
            (x + 7 * s, y - 1 * s),
        ],
        c,
    )
    for dx in (-2.6, 2):
        b.line([(x + dx * s * 0.5, y - 7 * s), (x + dx * s, y + 7 * s)], 1.4 * s, paler(c, 120))


def _sprout(b: Brush, x: float, y: float, s: float, item: Item) -> None:
    b.oval(x, y + 10 * s, 16 * s, 5 * s, (122, 88, 70))
    b.oval(x, y + 8 * s, 11 * s, 3.4 * s, (146, 108, 84))
    if item.sprouted:
        b.line([(x, y + 9 * s), (x + 1 * s, y - 14 * s)], 2.6 * s, (104, 158, 78))
        b.turned(x - 8 * s, y - 10 * s, 10 * s, 4.4 * s, 0.86, 0.5, (126, 184, 92))
        b.turned(x + 10 * s, y - 15 * s, 10 * s, 4.4 * s, 0.86, -0.5, (150, 202, 106))


def _parcel(b: Brush, x: float, y: float, s: float, c: Colour, item: Item) -> None:
    ribbon = paler(c, 170)
    b.rect(x - 13 * s, y - 8 * s, x + 13 * s, y + 12 * s, c)
    b.rect(x + 6 * s, y - 8 * s, x + 13 * s, y + 12 * s, darker(c, 30))
    b.rect(x - 2.4 * s, y - 8 * s, x + 2.4 * s, y + 12 * s, ribbon)
    if item.open:
        b.polygon(
            [(x - 13 * s, y - 8 * s), (x - 20 * s, y - 16 * s), (x - 8 * s, y - 14 * s), (x - 2 * s, y - 8 * s)],
            paler(c, 50),
        )
        b.polygon(
            [(x + 13 * s, y - 8 * s), (x + 20 * s, y - 16 * s), (x + 8 * s, y - 14 * s), (x + 2 * s, y - 8 * s)],
            paler(c, 50),
        )
        return
    b.rect(x - 13 * s, y - 0.4 * s, x + 13 * s, y + 4 * s, ribbon)
    b.turned(x - 5.6 * s, y - 12 * s, 6 * s, 3.4 * s, 0.86, 0.5, ribbon)
    b.turned(x + 5.6 * s, y - 12 * s, 6 * s, 3.4 * s, 0.86, -0.5, ribbon)


def _letter(b: Brush, x: float, y: float, s: float, c: Colour, item: Item) -> None:
    pale = paler(c, 90)
    if item.open:
        b.polygon([(x - 14 * s, y - 3 * s), (x, y - 14 * s), (x + 14 * s, y - 3 * s)], darker(pale, 40))
        b.rect(x - 11 * s, y - 17 * s, x + 11 * s, y + 4 * s, (253, 250, 240))
        for k in range(3):
            b.rect(x - 8 * s, y - (13 - 4.4 * k) * s, x + (8 - 3 * k) * s, y - (11.4 - 4.4 * k) * s, (130, 124, 140))
    b.rect(x - 14 * s, y - 4 * s, x + 14 * s, y + 11 * s, pale)
    b.line([(x - 14 * s, y - 4 * s), (x, y + 5 * s), (x + 14 * s, y - 4 * s)], 1.5 * s, darker(pale, 80))
    b.oval(x, y + 4 * s, 3 * s, 3 * s, (196, 66, 62))


def _umbrella(b: Brush, x: float, y: float, s: float, c: Colour, item: Item) -> None:
    if not item.open:
        b.line([(x + 3 * s, y + 22 * s), (x - 2 * s, y - 16 * s)], 2 * s, (110, 80, 66))
        b.polygon(
            [(x - 3 * s, y - 18 * s), (x - 5 * s, y + 8 * s), (x + 1.6 * s, y + 12 * s), (x + 5.6 * s, y + 7 * s)], c
        )
        b.polygon([(x - 3 * s, y - 18 * s), (x + 1.6 * s, y + 12 * s), (x + 5.6 * s, y + 7 * s)], darker(c, 40))
        return
    top = y - 102 * s
    b.line([(x, y + 8 * s), (x, top)], 2.2 * s, (110, 80, 66))
    b.polygon(
        [
            (x - 44 * s, top + 28 * s),
            (x - 36 * s, top + 9 * s),
            (x - 17 * s, top - 3 * s),
            (x, top - 6 * s),
            (x + 17 * s, top - 3 * s),
            (x + 36 * s, top + 9 * s),
            (x + 44 * s, top + 28 * s),
            (x + 30 * s, top + 22 * s),
            (x + 15 * s, top + 27 * s),
            (x, top + 22 * s),
            (x - 15 * s, top + 27 * s),
            (x - 30 * s, top + 22 * s),
        ],
        c,
    )
    b.polygon(
        [(x, top - 6 * s), (x - 15 * s, top + 27 * s), (x, top + 22 * s), (x + 15 * s, top + 27 * s)], paler(c, 80)
    )


def _book(b: Brush, x: float, y: float, s: float, c: Colour, item: Item) -> None:
    if item.open:
        b.polygon(
            [
                (x - 18 * s, y - 7 * s),
                (x, y - 3 * s),
                (x + 18 * s, y - 7 * s),
                (x + 18 * s, y + 10 * s),
                (x, y + 13 * s),
                (x - 18 * s, y + 10 * s),
            ],
            c,
        )
        b.polygon([(x - 16 * s, y - 9 * s), (x, y - 5 * s), (x, y + 10 * s), (x - 16 * s, y + 7 * s)], (252, 246, 230))
        b.polygon([(x + 16 * s, y - 9 * s), (x, y - 5 * s), (x, y + 10 * s), (x + 16 * s, y + 7 * s)], (238, 228, 208))
        return
    b.rect(x - 10 * s, y - 12 * s, x + 11 * s, y + 13 * s, (250, 242, 224))
    b.rect(x - 11 * s, y - 13 * s, x + 9 * s, y + 12 * s, c)
    b.rect(x - 11 * s, y - 13 * s, x - 7 * s, y + 12 * s, darker(c, 50))
    b.rect(x - 4 * s, y - 7 * s, x + 6 * s, y - 2 * s, paler(c, 150))


def _key(b: Brush, x: float, y: float, s: float, c: Colour, item: Item) -> None:
    b.line([(x - 5 * s, y), (x + 16 * s, y)], 3.4 * s, c)
    b.rect(x + 9 * s, y, x + 12 * s, y + 7 * s, c)
    b.rect(x + 14 * s, y, x + 17 * s, y + 6 * s, c)
    b.oval(x - 9 * s, y, 8 * s, 8 * s, darker(c, 26))
    b.oval(x - 9.6 * s, y - 0.6 * s, 7 * s, 7 * s, c)
    b.oval(x - 9 * s, y, 3.2 * s, 3.2 * s, darker(c, 150))


THINGS: dict[str, Paint] = {
    "ball": _ball,
    "kite": _kite,
    "toy boat": _boat,
    "teapot": _teapot,
    "lantern": _lantern,
    "candle": _candle,
    "apple": _apple,
    "cake": _cake,
    "acorn": _acorn,
    "seed": _seed,
    "parcel": _parcel,
    "letter": _letter,
    "umbrella": _umbrella,
    "book": _book,
    "key": _key,
}
