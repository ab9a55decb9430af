"""The tails of those who have one, and the hedgehog's back."""

from __future__ import annotations

from fabula.world.paint.body import Body


def paint_tail(figure: Body) -> None:
    kind, hip = figure.kind, max(figure.hips(), 6)
    if kind.noun == "fox":
        figure.polygon(
            [
                (-10, hip),
                (-26, hip - 8),
                (-42, hip + 6),
                (-46, hip + 24),
                (-36, hip + 20),
                (-24, hip + 12),
                (-12, hip + 9),
            ],
            kind.skin,
        )
        figure.polygon([(-40, hip + 8), (-46, hip + 25), (-34, hip + 18)], kind.light)
    elif kind.noun in ("cat", "mouse"):
        colour, width = (kind.skin, 5) if kind.noun == "cat" else (kind.dark, 2.6)
        figure.limb([(-10, hip), (-24, hip - 6), (-34, hip + 4), (-36, hip + 20)], width, colour)
    elif kind.noun == "rabbit":
        figure.oval(-19, hip + 3, 7, 7, kind.light)
    elif kind.noun == "duck":
        figure.polygon([(-12, hip + 8), (-32, hip + 14), (-26, hip + 4), (-10, hip - 2)], kind.skin)
    elif kind.noun == "hedgehog":
        figure.polygon(
            [
                (-6, 54 - figure.pose.dip),
                (-22, 50 - figure.pose.dip),
                (-19, 42 - figure.pose.dip * 0.9),
                (-28, 36 - figure.pose.dip * 0.8),
                (-21, hip + 8),
                (-25, hip),
                (-8, hip - 4),
            ],
            kind.dark,
        )
