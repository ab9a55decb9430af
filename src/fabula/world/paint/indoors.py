"""Three rooms: wall, floor, a window on the weather, furniture and the landmark."""

from __future__ import annotations

from fabula.world.cast import Colour
from fabula.world.paint.brush import Brush
from fabula.world.paint.furniture import FURNITURE, MARKS
from fabula.world.paint.light import darker, mix, paler
from fabula.world.paint.room import FLOOR, Room
from fabula.world.paint.sky import CLOUD, SKY


def paint_room(brush: Brush, room: Room) -> None:
    """The whole room, from the wall to the landmark."""
    span = room.span + 40
    brush.rect(-span, -270, span, FLOOR, room.wall)
    _paper(brush, room)
    brush.rect(-span, FLOOR, span, 70, room.floor)
    for i in range(5):
        y = FLOOR + 4 + i * i * 4.2
        brush.rect(-span, y, span, y + 0.8, darker(room.floor, 30))
    brush.rect(-span, FLOOR - 5, span, FLOOR, paler(room.wood, 120))
    _window(brush, room)
    FURNITURE[room.place](brush, room)
    MARKS[room.place](brush, room.mark_x, room)


def _paper(brush: Brush, room: Room) -> None:
    stripe, wide = mix(room.wall, (255, 255, 255), 34), room.grain(1, 16, 26)
    x = -room.span - 40 + room.grain(2, 0, 15)
    while x < room.span + 40:
        brush.rect(x, -270, x + wide / 2, FLOOR - 5, stripe)
        x += wide


def _window(brush: Brush, room: Room) -> None:
    x, y = room.side * (room.grain(3, 52, 92)), -118 + room.grain(4, -6, 6)
    brush.rect(x - 37, y - 37, x + 37, y + 39, paler(room.wood, 170))
    _view(brush.bare(), x, y, room)
    brush.rect(x - 1.6, y - 32, x + 1.6, y + 34, paler(room.wood, 170))
    brush.rect(x - 32, y - 2, x + 32, y + 1.4, paler(room.wood, 170))
    brush.rect(x - 42, y + 35, x + 42, y + 40, paler(room.wood, 190))
    _curtains(brush, x, y, ((214, 108, 96), (110, 150, 176), (236, 190, 104))[room.grain(8, 0, 2)])


def _view(bare: Brush, x: int, y: int, room: Room) -> None:
    """What is seen through the window: sky, lights or weather, a hill."""
    sky, grain = SKY[room.light, room.weather], room.grain
    for k in range(6):
        bare.rect(
            x - 32, y - 32 + k * 11, x + 32, y - 32 + (k + 1) * 11, mix(sky[k // 3], sky[k // 3 + 1], (k % 3) * 85)
        )
    (_lights if room.weather == "clear" else _falling)(bare, x, y, room)
    hill = mix(sky[2], (60, 90, 80), 110) if room.weather != "snow" else mix(sky[2], (250, 252, 255), 130)
    bare.polygon(
        [
            (x - 32, y + 34),
            (x - 32, y + 20),
            (x - 6, y + grain(6, 12, 22)),
            (x + 14, y + grain(7, 16, 26)),
            (x + 32, y + 18),
            (x + 32, y + 34),
        ],
        hill,
    )


def _lights(bare: Brush, x: int, y: int, room: Room) -> None:
    """Sun or moon, and stars at night."""
    lamp = {"day": (255, 238, 170), "dusk": (255, 218, 140), "night": (250, 244, 218)}[room.light]
    bare.oval(x + room.grain(5, -20, 20), y - 12 + (26 if room.light == "dusk" else 0), 7, 7, lamp)
    for k in range(6) if room.light == "night" else ():
        bare.oval(x + room.grain(10 + k, -29, 29), y + room.grain(16 + k, -29, 20), 0.9, 0.9, (246, 240, 214))


def _falling(bare: Brush, x: int, y: int, room: Room) -> None:
    """A cloud, and the rain or snow out of it."""
    drop = mix(SKY[room.light, room.weather][2], (240, 246, 255), 150)
    bare.oval(x + room.grain(5, -10, 10), y - 24, 18, 5, CLOUD[room.light, room.weather])
    for k in range(16):
        px, py = x + room.grain(10 + k, -30, 29), y + room.grain(26 + k, -30, 26)
        if room.weather == "rain":
            bare.line([(px, py), (px - 1.5, py + 6)], 0.9, drop)
        else:
            bare.oval(px, py, 1.6, 1.6, (252, 252, 255))


def _curtains(brush: Brush, x: int, y: int, cloth: Colour) -> None:
    for side in (-1, 1):
        brush.polygon(
            [
                (x + 44 * side, y - 42),
                (x + 14 * side, y - 42),
                (x + 30 * side, y + 2),
                (x + 34 * side, y + 34),
                (x + 46 * side, y + 34),
            ],
            cloth,
        )
    brush.rect(x - 48, y - 46, x + 48, y - 41, darker(cloth, 50))
