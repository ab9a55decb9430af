"""The heads of the four people: hair, face, glasses, beard."""

from __future__ import annotations

from fabula.world.cast import Kind
from fabula.world.paint.faces import Face
from fabula.world.paint.light import darker, mix, paler
from fabula.world.paint.skull import BLUSH, features, skull


def girl(f: Face, k: Kind, feeling: str, asleep: bool) -> None:
    for side in (-1, 1):
        f.oval(side * 24, -8, 8, 11, k.dark)
        f.oval(side * 21.6, -1, 3.4, 3.4, (220, 92, 92))
    f.oval(-1, 4, 24.5, 21, k.dark)
    skull(f, k.skin, 20.5, 18)
    f.polygon([(-22, 2), (-21, 13), (-10, 22), (6, 23), (19, 15), (22, 2), (15, 9), (2, 13), (-12, 9)], k.dark)
    f.line([(-12, 17), (-2, 20.5), (8, 20.5)], 1.6, paler(k.dark, 44))
    features(f, feeling, asleep, 0, 8.4, -10)


def boy(f: Face, k: Kind, feeling: str, asleep: bool) -> None:
    f.oval(-1, 5, 22.5, 19, k.dark)
    for side in (-1, 1):
        f.oval(side * 20, -3, 4.4, 5, k.skin)
    skull(f, k.skin, 20.5, 18)
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
    features(f, feeling, asleep, 0, 8.4, -10)


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


def grandmother(f: Face, k: Kind, feeling: str, asleep: bool) -> None:
    f.oval(-4, 26, 10, 9, darker(k.dark, 24))
    f.oval(-3, 27, 8, 7.4, k.dark)
    f.oval(-1, 4, 23.5, 20, k.dark)
    skull(f, k.skin, 20.5, 18)
    f.polygon([(-22, 1), (-20, 14), (-8, 22), (4, 22), (18, 15), (22, 1), (15, 11), (3, 15), (-13, 10)], k.dark)
    features(f, feeling, asleep, 0, 8.4, -10.5)
    _glasses(f)


def grandfather(f: Face, k: Kind, feeling: str, asleep: bool) -> None:
    for side in (-1, 1):
        f.oval(side * 20.5, -1, 5, 5.6, k.skin)
        f.oval(side * 19, 5, 5, 8, k.dark)
    skull(f, k.skin, 21, 20)
    f.polygon([(-19, -4), (-20, -16), (-10, -27), (4, -31), (16, -25), (22, -14), (20, -4), (13, -7), (-7, -7)], k.dark)
    f.oval(-1, -6.4, 7.6, 3.8, k.dark)
    f.oval(11, -6.4, 7.6, 3.8, k.dark)
    f.oval(5, -3.4, 4, 3.2, mix(k.skin, BLUSH, 90))
    features(f, feeling, asleep, 3.4, 8.6, -12)
