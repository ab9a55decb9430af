"""The furniture of the rooms, the landmarks among it."""

from __future__ import annotations

from collections.abc import Callable

from fabula.world.cast import Colour
from fabula.world.paint.brush import Brush
from fabula.world.paint.light import darker, paler
from fabula.world.paint.room import Room


def _kitchen(brush: Brush, room: Room) -> None:
    side, grain = room.side, room.grain
    x = side * 168
    brush.rect(x - 56, -66, x + 56, -58, room.wood)
    for dx in (-48, 42):
        brush.rect(x + dx, -58, x + dx + 7, -16, darker(room.wood, 30))
    brush.oval(x - 16 * side, -72, 13, 7, (236, 176, 108))
    brush.oval(x + 12 * side, -71, 8, 8, (206, 84, 74))
    brush.rect(-26, -176, 54, -172, room.wood)
    for i in range(4):
        colour = ((210, 128, 84), (98, 138, 150), (236, 220, 190), (196, 92, 80))[grain(40 + i, 0, 3)]
        brush.oval(-16 + i * 20, -180, 6.5, 7, colour)
    for i in range(3):
        px = room.side * -20 + i * 17 - 10
        brush.line([(px, -170), (px, -150)], 1.2, (90, 66, 60))
        brush.oval(px, -144, 7, 7, (206, 124, 78))
        brush.oval(px - 1.6, -146, 3.4, 3, (236, 168, 116))


def _bedroom(brush: Brush, room: Room) -> None:
    grain = room.grain
    rug = ((206, 112, 104), (118, 148, 172), (216, 176, 102))[grain(40, 0, 2)]
    brush.oval(0, 8, 92, 17, rug)
    brush.oval(0, 8, 76, 13, paler(rug, 70))
    px = room.side * -8
    brush.rect(px - 17, -150, px + 17, -112, paler(room.wood, 30))
    brush.rect(px - 14, -147, px + 14, -115, (206, 226, 226))
    brush.polygon([(px - 14, -115), (px - 4, -132), (px + 4, -122), (px + 9, -128), (px + 14, -115)], (112, 156, 120))
    x = room.side * 172
    brush.rect(x - 26, -92, x + 26, -16, room.wood)
    for k in range(3):
        brush.rect(x - 22, -87 + 23 * k, x + 22, -69 + 23 * k, paler(room.wood, 46))
        brush.oval(x, -78 + 23 * k, 2, 2, (240, 216, 150))
    brush.oval(x, -102, 10, 10, (240, 232, 214))
    brush.line([(x, -102), (x, -108)], 1.4, (90, 70, 70))
    brush.line([(x, -102), (x + 5, -100)], 1.4, (90, 70, 70))


def _library(brush: Brush, room: Room) -> None:
    _shelves(brush, -room.mark_x * 1.75, 42, room, 60)
    x = room.side * 40
    brush.oval(0, 10, 88, 14, (136, 80, 84))
    brush.oval(0, 10, 74, 10.5, (160, 100, 92))
    brush.rect(x - 1.6, -60, x + 1.6, -22, darker(room.wood, 40))
    brush.oval(x, -22, 12, 3, darker(room.wood, 40))
    brush.oval(x, -72, 14, 14, (110, 160, 184))
    brush.oval(x - 4, -76, 6, 4, (150, 180, 120))
    brush.oval(x + 5, -68, 5, 5, (150, 180, 120))


BOOKS: tuple[Colour, ...] = (
    (190, 84, 76),
    (86, 124, 150),
    (222, 180, 96),
    (104, 142, 104),
    (140, 104, 150),
    (232, 218, 190),
)


def _shelves(brush: Brush, x: float, half: float, room: Room, first: int) -> None:
    brush.rect(x - half, -200, x + half, -14, room.wood)
    for row in range(4):
        top = -192 + row * 44
        brush.rect(x - half + 4, top, x + half - 4, top + 38, darker(room.wood, 90))
        at, i = x - half + 5, row * 9
        while at < x + half - 11:
            wide, high = room.grain(first + i, 5, 9), room.grain(first + i + 3, 22, 34)
            brush.rect(at, top + 38 - high, at + wide - 0.8, top + 38, BOOKS[room.grain(first + i + 7, 0, 5)])
            at, i = at + wide + (0 if room.grain(first + i, 0, 6) else 5), i + 1


FURNITURE: dict[str, Callable[[Brush, Room], None]] = {"kitchen": _kitchen, "bedroom": _bedroom, "library": _library}


def _stove(brush: Brush, x: int, room: Room) -> None:
    iron: Colour = (84, 88, 104)
    brush.rect(x - 5, -260, x + 7, -78, darker(iron, 30))
    brush.rect(x - 34, -78, x + 34, -14, iron)
    brush.rect(x - 38, -82, x + 38, -75, paler(iron, 50))
    bare = brush.bare()
    brush.rect(x - 18, -58, x + 18, -28, darker(iron, 110))
    bare.oval(x, -38, 13, 8, (226, 104, 60))
    bare.oval(x, -36, 8, 6, (255, 202, 96))
    for dx in (-7, 0, 7):
        brush.rect(x + dx - 1, -58, x + dx + 1, -28, iron)
    brush.oval(x - 18, -90, 11, 9, (196, 84, 74))
    brush.polygon([(x - 29, -92), (x - 38, -100), (x - 36, -103), (x - 26, -97)], (196, 84, 74))
    brush.oval(x - 18, -99, 3, 2.4, (120, 60, 60))


def _bed(brush: Brush, x: int, room: Room) -> None:
    side = 1 if x > 0 else -1
    quilt = ((196, 96, 92), (96, 140, 150), (120, 112, 160))[room.grain(50, 0, 2)]
    inner, outer = x - 54 * side, x + 54 * side
    brush.rect(inner, -38, outer, -20, darker(room.wood, 120))
    brush.rect(outer - 8 * side, -96, outer, -14, room.wood)
    brush.oval(outer - 4 * side, -96, 7, 6, room.wood)
    brush.rect(inner, -66, inner + 7 * side, -14, room.wood)
    brush.rect(inner + 6 * side, -58, outer - 8 * side, -34, quilt)
    brush.oval(outer - 24 * side, -62, 17, 9, (252, 248, 238))
    brush.rect(inner + 6 * side, -60, outer - 44 * side, -54, paler(quilt, 140))
    for k in range(3):
        brush.rect(inner + (14 + 18 * k) * side, -52, inner + (22 + 18 * k) * side, -40, paler(quilt, 80))


def _bookcase(brush: Brush, x: int, room: Room) -> None:
    _shelves(brush, x, 36, room, 20)
    brush.rect(x - 40, -206, x + 40, -198, paler(room.wood, 30))


MARKS: dict[str, Callable[[Brush, int, Room], None]] = {"kitchen": _stove, "bedroom": _bed, "library": _bookcase}
