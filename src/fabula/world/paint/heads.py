"""The heads of the twelve kinds: ears, muzzle, hair, then the face."""

from __future__ import annotations

from collections.abc import Callable

from fabula.world.cast import KINDS, Colour, Kind
from fabula.world.paint.faces import INK, Face, paint_brows, paint_eyes, paint_face
from fabula.world.paint.light import darker, mix, paler

BLUSH: Colour = (236, 120, 110)


def paint_head(face: Face, kind: str, feeling: str, *, asleep: bool) -> None:
    """The head with its face."""
    HEADS[kind](face, KINDS[kind], feeling, asleep)


def _skull(f: Face, colour: Colour, rx: float = 23, ry: float = 20) -> None:
    f.oval(0, 0, rx, ry, darker(colour, 34))
    f.oval(1.2, 1.2, rx - 1.6, ry - 1.4, colour)


def _features(
    f: Face, feeling: str, asleep: bool, eye_y: float = 1, gap: float = 8.6, mouth_y: float = -10, cheek: Colour = BLUSH
) -> None:
    paint_face(f, feeling, asleep=asleep, eye_y=eye_y, gap=gap, mouth_y=mouth_y, cheek=cheek)


def _fox(f: Face, k: Kind, feeling: str, asleep: bool) -> None:
    for side in (-1, 1):
        f.polygon([(side * 21, 6), (side * 20, 34), (side * 4, 16)], k.skin)
        f.polygon([(side * 20.4, 24), (side * 20, 34), (side * 14, 27)], k.dark)
        f.polygon([(side * 18, 13), (side * 17.6, 23), (side * 10, 17)], k.light)
    _skull(f, k.skin)
    f.polygon([(-22, -4), (-28, -9), (-17, -14)], k.light)
    f.polygon([(22, -4), (28, -9), (17, -14)], k.light)
    f.oval(-9, -10, 11, 8.4, k.light)
    f.oval(11, -10, 11, 8.4, k.light)
    f.oval(5, -5.5, 3.6, 2.6, INK)
    _features(f, feeling, asleep, 3, 9, -11.5)


def _rabbit(f: Face, k: Kind, feeling: str, asleep: bool) -> None:
    tilt = 6 if feeling in ("sad", "sleepy", "afraid") else 0
    for side in (-1, 1):
        x = side * 9
        f.polygon(
            [
                (x - 6, 10),
                (x - 7.5 + side * (2 + tilt), 34),
                (x + side * (3 + tilt), 48 - tilt),
                (x + 7.5 + side * (2 + tilt), 34),
                (x + 6, 10),
            ],
            k.skin,
        )
        f.polygon(
            [
                (x - 3, 12),
                (x - 4 + side * (2 + tilt), 33),
                (x + side * (2.6 + tilt), 42 - tilt),
                (x + 4 + side * (2 + tilt), 33),
                (x + 3, 12),
            ],
            k.dark,
        )
    _skull(f, k.skin, 22)
    f.oval(5, -9, 11.5, 8, k.light)
    f.oval(5, -4.5, 3, 2.2, (214, 110, 116))
    _features(f, feeling, asleep, 3, 9, -10.5)
    f.polygon([(3, -12.6), (7, -12.6), (6.6, -16.6), (3.4, -16.6)], (255, 252, 244))


def _bear(f: Face, k: Kind, feeling: str, asleep: bool) -> None:
    for side in (-1, 1):
        f.oval(side * 17, 16, 8.6, 8.6, k.skin)
        f.oval(side * 17, 16, 4.8, 4.8, k.light)
    _skull(f, k.skin, 24, 21)
    f.oval(5, -8.5, 12.5, 9.5, k.light)
    f.oval(5, -3.6, 4.6, 3.2, INK)
    _features(f, feeling, asleep, 4, 9.4, -11)


def _cat(f: Face, k: Kind, feeling: str, asleep: bool) -> None:
    for side in (-1, 1):
        f.polygon([(side * 22, 4), (side * 20, 29), (side * 5, 17)], k.skin)
        f.polygon([(side * 19, 11), (side * 18, 23), (side * 9, 17)], (232, 168, 168))
    _skull(f, k.skin)
    for x in (-3, 3, 9):
        f.polygon([(x - 1.4, 19.4), (x + 1.4, 19.4), (x, 11)], k.dark)
    f.oval(5, -9.5, 11, 7.4, k.light)
    f.polygon([(2.4, -4), (7.6, -4), (5, -7)], (226, 128, 136))
    for y, drop in ((-7, 1), (-10, -2)):
        f.line([(13, y), (26, y + drop)], 1, (250, 248, 244))
        f.line([(-4, y), (-17, y + drop)], 1, (250, 248, 244))
    _features(f, feeling, asleep, 3, 9, -10.5)


def _mouse(f: Face, k: Kind, feeling: str, asleep: bool) -> None:
    for side in (-1, 1):
        f.oval(side * 20, 16, 14, 14, darker(k.skin, 24))
        f.oval(side * 20, 15.4, 9.8, 9.8, k.dark)
    _skull(f, k.skin, 21, 19)
    f.oval(6, -9.5, 10, 7, k.light)
    f.oval(7, -5, 3, 2.6, (218, 104, 116))
    _features(f, feeling, asleep, 3, 8.4, -11)


def _frog(f: Face, k: Kind, feeling: str, asleep: bool) -> None:
    for x in (-7, 15):
        f.oval(x, 15, 9.4, 9.4, k.skin)
        f.oval(x, 15, 7, 7, (246, 248, 232))
    _skull(f, k.skin, 25, 18)
    f.oval(3, -9, 18, 8, k.light)
    f.oval(3, -5.4, 2.2, 1, darker(k.skin, 60))
    _features(f, feeling, asleep, 15, 11, -10, (206, 170, 90))


def _duck(f: Face, k: Kind, feeling: str, asleep: bool) -> None:
    f.polygon([(-6, 16), (-9, 28), (0, 20), (2, 31), (7, 17)], k.skin)
    _skull(f, k.skin, 21, 20)
    f.polygon([(4, -2), (12, -1.4), (30, -7.4), (28, -11), (12, -10.6), (4, -9)], k.dark)
    low = -15 if feeling in ("happy", "surprised", "afraid") else -12.4
    f.polygon([(5, -9), (13, -10.4), (25, -10.6), (20, low), (9, low)], darker(k.dark, 60))
    for side in (-1, 1):
        f.oval(3 + side * 9, -5, 3.6, 2.4, BLUSH, 120)
    _bill_eyes(f, feeling, asleep)


def _bill_eyes(f: Face, feeling: str, asleep: bool) -> None:
    """Eyes and brows without a mouth, for whoever has a beak."""
    paint_eyes(f, "asleep" if asleep else feeling, 5, 8)
    paint_brows(f, feeling, 5, 8)
    if feeling == "sad":
        f.oval(-5, -3, 1.7, 2.6, (132, 196, 232))


def _hedgehog(f: Face, k: Kind, feeling: str, asleep: bool) -> None:
    spikes = [
        (-28, -16),
        (-24, -8),
        (-31, -3),
        (-25, 3),
        (-29, 12),
        (-21, 14),
        (-21, 24),
        (-12, 21),
        (-8, 31),
        (0, 24),
        (8, 31),
        (12, 21),
        (20, 22),
        (19, 12),
        (24, 8),
        (14, 0),
        (-10, -18),
    ]
    f.polygon(spikes, k.dark)
    f.polygon([(x * 0.86, y * 0.86) for x, y in spikes], mix(k.dark, k.light, 50))
    f.oval(3, -3, 19, 16.5, k.skin)
    f.oval(9, -9, 9, 6.6, k.light)
    f.oval(13, -5, 3.8, 3.4, INK)
    for x in (-15,):
        f.oval(x, 8, 4.6, 4.6, k.skin)
    _features(f, feeling, asleep, 2.5, 8, -11)


def _girl(f: Face, k: Kind, feeling: str, asleep: bool) -> None:
    for side in (-1, 1):
        f.oval(side * 24, -8, 8, 11, k.dark)
        f.oval(side * 21.6, -1, 3.4, 3.4, (220, 92, 92))
    f.oval(-1, 4, 24.5, 21, k.dark)
    _skull(f, k.skin, 20.5, 18)
    f.polygon([(-22, 2), (-21, 13), (-10, 22), (6, 23), (19, 15), (22, 2), (15, 9), (2, 13), (-12, 9)], k.dark)
    f.line([(-12, 17), (-2, 20.5), (8, 20.5)], 1.6, paler(k.dark, 44))
    _features(f, feeling, asleep, 0, 8.4, -10)


def _boy(f: Face, k: Kind, feeling: str, asleep: bool) -> None:
    f.oval(-1, 5, 22.5, 19, k.dark)
    for side in (-1, 1):
        f.oval(side * 20, -3, 4.4, 5, k.skin)
    _skull(f, k.skin, 20.5, 18)
    f.polygon(
        [
            (-21, 3),
            (-20, 15),
            (-10, 23),
            (-2, 29),
            (0, 23),
            (8, 28),
            (9, 22),
            (19, 15),
            (21, 4),
            (13, 11),
            (-8, 12),
            (-17, 8),
        ],
        k.dark,
    )
    _features(f, feeling, asleep, 0, 8.4, -10)


def _glasses(f: Face) -> None:
    for x in (-4.4, 12.4):
        f.line(
            [
                (x - 5.6, 0),
                (x - 4, 4.6),
                (x, 6),
                (x + 4, 4.6),
                (x + 5.6, 0),
                (x + 4, -4.6),
                (x, -6),
                (x - 4, -4.6),
                (x - 5.6, 0),
            ],
            1.1,
            (128, 96, 84),
        )
    f.line([(1.2, 1), (6.8, 1)], 1.1, (128, 96, 84))


def _grandmother(f: Face, k: Kind, feeling: str, asleep: bool) -> None:
    f.oval(-4, 26, 10, 9, darker(k.dark, 24))
    f.oval(-3, 27, 8, 7.4, k.dark)
    f.oval(-1, 4, 23.5, 20, k.dark)
    _skull(f, k.skin, 20.5, 18)
    f.polygon([(-22, 1), (-20, 14), (-8, 22), (4, 22), (18, 15), (22, 1), (15, 11), (3, 15), (-13, 10)], k.dark)
    _features(f, feeling, asleep, 0, 8.4, -10.5)
    _glasses(f)


def _grandfather(f: Face, k: Kind, feeling: str, asleep: bool) -> None:
    for side in (-1, 1):
        f.oval(side * 20.5, -1, 5, 5.6, k.skin)
        f.oval(side * 19, 5, 5, 8, k.dark)
    _skull(f, k.skin, 21, 20)
    f.polygon([(-19, -4), (-20, -16), (-10, -27), (4, -31), (16, -25), (22, -14), (20, -4), (13, -7), (-7, -7)], k.dark)
    f.oval(-1, -6.4, 7.6, 3.8, k.dark)
    f.oval(11, -6.4, 7.6, 3.8, k.dark)
    f.oval(5, -3.4, 4, 3.2, mix(k.skin, BLUSH, 90))
    _features(f, feeling, asleep, 3.4, 8.6, -12)


HEADS: dict[str, Callable[[Face, Kind, str, bool], None]] = {
    "fox": _fox,
    "rabbit": _rabbit,
    "bear": _bear,
    "cat": _cat,
    "mouse": _mouse,
    "frog": _frog,
    "duck": _duck,
    "hedgehog": _hedgehog,
    "girl": _girl,
    "boy": _boy,
    "grandmother": _grandmother,
    "grandfather": _grandfather,
}
