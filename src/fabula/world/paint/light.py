"""Colours under a light: what day, dusk, night, rain and snow do to a colour, in integer arithmetic."""

from __future__ import annotations

from functools import lru_cache

from fabula.world.cast import Colour

# light -> (what each channel is multiplied with, the colour mixed in, its share), in 256ths: scenery, then figures
SCENERY = {
    "day": ((256, 256, 256), (255, 255, 255), 0),
    "dusk": ((234, 206, 202), (158, 90, 146), 62),
    "night": ((130, 152, 200), (34, 46, 106), 64),
}
FIGURES = {
    "day": ((256, 256, 256), (255, 255, 255), 0),
    "dusk": ((250, 220, 206), (160, 84, 104), 18),
    "night": ((200, 210, 244), (70, 80, 150), 32),
}
LAMPLIT = {  # figures by a flame after sunset
    "day": ((256, 256, 256), (255, 255, 255), 0),
    "dusk": ((256, 232, 206), (236, 140, 70), 20),
    "night": ((248, 220, 190), (190, 100, 60), 30),
}
INDOORS = {
    "day": ((256, 256, 256), (255, 255, 255), 0),
    "dusk": ((252, 226, 204), (178, 92, 88), 26),
    "night": ((214, 194, 190), (66, 44, 96), 48),
}
TABLES = {"scenery": SCENERY, "figures": FIGURES, "lamplit": LAMPLIT, "indoors": INDOORS}
HAZE = {"clear": ((0, 0, 0), 0), "rain": ((120, 134, 150), 44), "snow": ((226, 234, 244), 26)}


@lru_cache(maxsize=16384)
def tint(colour: Colour, light: str, weather: str, table: str) -> Colour:
    """The colour as it looks; `table` is scenery, figures, lamplit or indoors."""
    scale, mixed, share = TABLES[table][light]
    scaled = (colour[0] * scale[0] >> 8, colour[1] * scale[1] >> 8, colour[2] * scale[2] >> 8)
    lit = mix(scaled, mixed, share)
    if table in ("indoors", "lamplit"):
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
