"""What a character wears: the garment's details, scarf, collar or satchel, hat."""

from __future__ import annotations

from fabula.world.paint.body import Body
from fabula.world.paint.faces import Face
from fabula.world.paint.light import darker, paler


def paint_details(figure: Body, garment: str, low: float, mid: float, high: float, hem: float) -> None:
    lean = figure.pose.lean
    if garment == "coat":
        for k in range(3):
            figure.oval(
                5 + lean * (0.3 + 0.2 * k), low + 6 + (high - low - 12) * k / 2.4, 1.7, 1.7, paler(figure.cloth, 170)
            )
    elif garment == "jumper":
        pale = paler(figure.cloth, 120)
        for y, x in ((mid + 1, 15.4), (mid - 7, 15.8)):
            figure.polygon(
                [
                    (-x * figure.wide + lean * 0.4, y),
                    (x * figure.wide + lean * 0.4, y),
                    (x * figure.wide + lean * 0.4, y + 3.6),
                    (-x * figure.wide + lean * 0.4, y + 3.6),
                ],
                pale,
            )
    elif garment == "dress":
        pale = paler(figure.cloth, 150)
        figure.polygon([(-hem, low), (hem, low), (hem * 0.95, low + 4), (-hem * 0.95, low + 4)], pale)
    else:
        shirt = paler(figure.trim, 90)
        figure.polygon(
            [
                (-13 * figure.wide + lean, mid + 6),
                (-11 * figure.wide + lean, high),
                (11 * figure.wide + lean, high),
                (13 * figure.wide + lean, mid + 6),
            ],
            shirt,
        )
        figure.polygon(
            [(-5 + lean, mid + 5), (-5 + lean, high - 5), (9 + lean, high - 5), (9 + lean, mid + 5)], figure.cloth
        )
        figure.oval(2 + lean, mid + 4, 2.6, 2.2, paler(figure.cloth, 80))


def paint_extra(figure: Body) -> None:
    extra, lean, y = figure.actor.who.extra, figure.pose.lean, 55 - figure.pose.dip
    if extra == "scarf":
        figure.polygon(
            [(-9 + lean, y), (-17 + lean, y - 17), (-10 + lean, y - 19), (-3 + lean, y - 2)], darker(figure.trim, 30)
        )
        figure.oval(1 + lean, y + 0.5, 14 * figure.wide, 5.4, figure.trim)
    elif extra == "collar":
        figure.polygon([(4 + lean, y - 3), (-4 + lean, y + 2), (-4 + lean, y - 8)], figure.trim)
        figure.polygon([(4 + lean, y - 3), (12 + lean, y + 2), (12 + lean, y - 8)], figure.trim)
        figure.oval(4 + lean, y - 3, 2.4, 2.4, darker(figure.trim, 50))
    elif extra == "satchel":
        low = max(figure.hips(), 6) + 3
        figure.brush.line(
            [figure.at(8 + lean, y), figure.at(-11 * figure.wide, low + 8)], 2.4 * figure.scale, darker(figure.trim, 60)
        )
        figure.polygon(
            [
                (-20 * figure.wide, low),
                (-7 * figure.wide, low - 1),
                (-7 * figure.wide, low + 11),
                (-19 * figure.wide, low + 12),
            ],
            figure.trim,
        )
        figure.polygon(
            [
                (-20 * figure.wide, low + 6),
                (-7 * figure.wide, low + 5),
                (-7 * figure.wide, low + 11),
                (-19 * figure.wide, low + 12),
            ],
            darker(figure.trim, 40),
        )


def paint_hat(figure: Body, head: Face) -> None:
    if figure.actor.who.extra != "hat":
        return
    y = 25 if figure.kind.noun == "frog" else 15
    head.polygon([(-17, y), (-14, y + 13), (-4, y + 17), (8, y + 17), (16, y + 12), (19, y)], figure.trim)
    head.polygon([(-25, y - 2), (-24, y + 2), (26, y + 2), (28, y - 2)], darker(figure.trim, 36))
    head.polygon([(-17.6, y + 2), (-17, y + 6), (18.2, y + 6), (19, y + 2)], paler(figure.trim, 150))
