"""The heads of the eight animals: ears, muzzle, face."""

from __future__ import annotations

from fabula.world.cast import Kind
from fabula.world.paint.faces import INK, Face, paint_brows, paint_eyes
from fabula.world.paint.light import darker, mix
from fabula.world.paint.skull import BLUSH, features, skull


def fox(f: Face, k: Kind, feeling: str, asleep: bool) -> None:
    for side in (-1, 1):
        f.polygon([(side * 21, 6), (side * 20, 34), (side * 4, 16)], k.skin)
        f.polygon([(side * 20.4, 24), (side * 20, 34), (side * 14, 27)], k.dark)
        f.polygon([(side * 18, 13), (side * 17.6, 23), (side * 10, 17)], k.light)
    skull(f, k.skin)
    f.polygon([(-22, -4), (-28, -9), (-17, -14)], k.light)
    f.polygon([(22, -4), (28, -9), (17, -14)], k.light)
    f.oval(-9, -10, 11, 8.4, k.light)
    f.oval(11, -10, 11, 8.4, k.light)
    f.oval(5, -5.5, 3.6, 2.6, INK)
    features(f, feeling, asleep, 3, 9, -11.5)


def rabbit(f: Face, k: Kind, feeling: str, asleep: bool) -> None:
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
    skull(f, k.skin, 22)
    f.oval(5, -9, 11.5, 8, k.light)
    f.oval(5, -4.5, 3, 2.2, (214, 110, 116))
    features(f, feeling, asleep, 3, 9, -10.5)
    f.polygon([(3, -12.6), (7, -12.6), (6.6, -16.6), (3.4, -16.6)], (255, 252, 244))


def bear(f: Face, k: Kind, feeling: str, asleep: bool) -> None:
    for side in (-1, 1):
        f.oval(side * 17, 16, 8.6, 8.6, k.skin)
        f.oval(side * 17, 16, 4.8, 4.8, k.light)
    skull(f, k.skin, 24, 21)
    f.oval(5, -8.5, 12.5, 9.5, k.light)
    f.oval(5, -3.6, 4.6, 3.2, INK)
    features(f, feeling, asleep, 4, 9.4, -11)


def cat(f: Face, k: Kind, feeling: str, asleep: bool) -> None:
    for side in (-1, 1):
        f.polygon([(side * 22, 4), (side * 20, 29), (side * 5, 17)], k.skin)
        f.polygon([(side * 19, 11), (side * 18, 23), (side * 9, 17)], (232, 168, 168))
    skull(f, k.skin)
    for x in (-3, 3, 9):
        f.polygon([(x - 1.4, 19.4), (x + 1.4, 19.4), (x, 11)], k.dark)
    f.oval(5, -9.5, 11, 7.4, k.light)
    f.polygon([(2.4, -4), (7.6, -4), (5, -7)], (226, 128, 136))
    for y, drop in ((-7, 1), (-10, -2)):
        f.line([(13, y), (26, y + drop)], 1, (250, 248, 244))
        f.line([(-4, y), (-17, y + drop)], 1, (250, 248, 244))
    features(f, feeling, asleep, 3, 9, -10.5)


def mouse(f: Face, k: Kind, feeling: str, asleep: bool) -> None:
    for side in (-1, 1):
        f.oval(side * 20, 16, 14, 14, darker(k.skin, 24))
        f.oval(side * 20, 15.4, 9.8, 9.8, k.dark)
    skull(f, k.skin, 21, 19)
    f.oval(6, -9.5, 10, 7, k.light)
    f.oval(7, -5, 3, 2.6, (218, 104, 116))
    features(f, feeling, asleep, 3, 8.4, -11)


def frog(f: Face, k: Kind, feeling: str, asleep: bool) -> None:
    for x in (-7, 15):
        f.oval(x, 15, 9.4, 9.4, k.skin)
        f.oval(x, 15, 7, 7, (246, 248, 232))
    skull(f, k.skin, 25, 18)
    f.oval(3, -9, 18, 8, k.light)
    f.oval(3, -5.4, 2.2, 1, darker(k.skin, 60))
    features(f, feeling, asleep, 15, 11, -10, (206, 170, 90))


def duck(f: Face, k: Kind, feeling: str, asleep: bool) -> None:
    f.polygon([(-6, 16), (-9, 28), (0, 20), (2, 31), (7, 17)], k.skin)
    skull(f, k.skin, 21, 20)
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


def hedgehog(f: Face, k: Kind, feeling: str, asleep: bool) -> None:
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
    features(f, feeling, asleep, 2.5, 8, -11)
