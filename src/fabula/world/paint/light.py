"""Colours under a light: what day, dusk, night, rain and snow do to a colour, in integer arithmetic."""

from __future__ import annotations

from functools import lru_cache

from fabula.world.cast import Colour

# light -> (what each channel is multiplied with, the colour mixed in, its share), in 256ths: scenery, then figures
SCENERY = {
    "day": ((256, 256, 256), (255, 255, 255), 0),
    "dusk": ((230, 184, 172), (112, 60, 100), 40),
    "night": ((96, 118, 166), (22, 30, 78), 66),
}
FIGURES = {
    "day": ((256, 256, 256), (255, 255, 255), 0),
    "dusk": ((244, 212, 198), (150, 80, 96), 20),
    "night": ((172, 184, 220), (44, 52, 110), 34),
}
INDOORS = {
    "day": ((256, 256, 256), (255, 255, 255), 0),
    "dusk": ((250, 222, 196), (170, 90, 70), 26),
    "night": ((206, 178, 156), (60, 36, 70), 54),
}
HAZE = {"clear": ((0, 0, 0), 0), "rain": ((120, 134, 150), 44), "snow": ((226, 234, 244), 26)}


@lru_cache(maxsize=16384)
def tint(colour: Colour, light: str, weather: str, table: str) -> Colour:
    """The colour as it looks; `table` is scenery, figures or indoors."""
    scale, mixed, share = {"scenery": SCENERY, "figures": FIGURES, "indoors": INDOORS}[table][light]
    lit = mix(tuple(c * s >> 8 for c, s in zip(colour, scale, strict=True)), mixed, share)  # type: ignore[arg-type]
    if table == "indoors":
        return lit
    fog, share = HAZE[weather]
    dim = {"day": 256, "dusk": 200, "night": 110}[light]
    fog = (fog[0] * dim >> 8, fog[1] * dim >> 8, fog[2] * dim >> 8)
    return mix(lit, fog, share >> (table == "figures"))


def mix(a: Colour, b: Colour, share: int) -> Colour:
    """`a` with `share` 256ths of `b`."""
    return (
        a[0] + ((b[0] - a[0]) * share >> 8),
        a[1] + ((b[1] - a[1]) * share >> 8),
        a[2] + ((b[2] - a[2]) * share >> 8),
    )


def darker(colour: Colour, share: int = 44) -> Colour:
    return mix(colour, (38, 24, 58), share)


def paler(colour: Colour, share: int = 60) -> Colour:
    return mix(colour, (255, 250, 236), share)
