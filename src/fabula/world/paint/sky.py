"""The sky of every light and weather: gradient, sun or moon, stars, clouds."""

from __future__ import annotations

from functools import lru_cache

from PIL import Image

from fabula.world.cast import Colour
from fabula.world.paint.brush import Brush
from fabula.world.paint.grain import Grain
from fabula.world.paint.light import mix

SKY: dict[tuple[str, str], tuple[Colour, ...]] = {
    ("day", "clear"): ((118, 186, 220), (170, 216, 228), (246, 236, 208)),
    ("day", "rain"): ((122, 142, 160), (158, 174, 184), (200, 206, 202)),
    ("day", "snow"): ((168, 190, 208), (204, 217, 226), (238, 238, 232)),
    ("dusk", "clear"): ((92, 80, 138), (206, 112, 118), (252, 196, 128)),
    ("dusk", "rain"): ((76, 74, 104), (128, 104, 122), (190, 144, 132)),
    ("dusk", "snow"): ((108, 104, 150), (182, 148, 168), (244, 206, 186)),
    ("night", "clear"): ((18, 24, 62), (34, 48, 98), (70, 84, 136)),
    ("night", "rain"): ((20, 26, 46), (34, 44, 66), (56, 66, 88)),
    ("night", "snow"): ((30, 40, 80), (56, 72, 116), (104, 118, 156)),
}
CLOUD: dict[tuple[str, str], Colour] = {
    ("day", "clear"): (255, 253, 246),
    ("day", "rain"): (146, 160, 172),
    ("day", "snow"): (232, 238, 242),
    ("dusk", "clear"): (242, 152, 132),
    ("dusk", "rain"): (112, 96, 118),
    ("dusk", "snow"): (208, 176, 186),
    ("night", "clear"): (52, 64, 112),
    ("night", "rain"): (42, 50, 72),
    ("night", "snow"): (84, 98, 138),
}


@lru_cache(maxsize=9)
def _gradient(size: tuple[int, int], colours: tuple[Colour, ...]) -> Image.Image:
    width, height = size
    rows = bytearray()
    steps = len(colours) - 1
    for y in range(height):
        along = y * steps * 256 // max(1, height - 1)
        part = min(along >> 8, steps - 1)
        rows += bytes(mix(colours[part], colours[part + 1], along - (part << 8)))
    return Image.frombytes("RGB", (1, height), bytes(rows)).resize((width, height), Image.Resampling.NEAREST)


def gradient(size: tuple[int, int], colours: tuple[Colour, ...]) -> Image.Image:
    """A picture that runs from the first colour at the top to the last at the bottom."""
    return _gradient(size, colours).copy()


def paint_sky(brush: Brush, light: str, weather: str, grain: Grain, span: float) -> None:
    """What hangs in the sky, in units: x within `span` of the middle, y from -200 up to the horizon at -46."""
    if weather == "clear":
        if light == "night":
            _stars(brush, grain, span)
        _lamp(brush, light, grain, span)
    _clouds(brush, light, weather, grain, span)


def _stars(brush: Brush, grain: Grain, span: float) -> None:
    for i in range(22):
        x, y = grain(i, -1000, 1000) * span / 1000, -180 + grain(i + 30, 0, 112)
        size = (0.7, 0.9, 1.4)[i % 3]
        brush.oval(x, y, size, size, (246, 240, 214))


def _lamp(brush: Brush, light: str, grain: Grain, span: float) -> None:
    x = grain(60, -800, 800) * span / 1000
    if light == "day":
        y = -146 + grain(61, -8, 8)
        for radius, alpha in ((34, 44), (25, 60)):
            brush.oval(x, y, radius, radius, (255, 244, 196), alpha)
        brush.oval(x, y, 16, 16, (255, 238, 170))
    elif light == "dusk":
        y = -62 + grain(61, -4, 8)
        for radius, alpha in ((56, 36), (40, 56)):
            brush.oval(x, y, radius, radius, (255, 206, 130), alpha)
        brush.oval(x, y, 24, 24, (255, 218, 140))
    else:
        y = -146 + grain(61, -8, 10)
        for radius, alpha in ((36, 22), (25, 34)):
            brush.oval(x, y, radius, radius, (206, 214, 240), alpha)
        brush.oval(x, y, 15, 15, (250, 244, 218))
        brush.oval(x - 5, y - 4, 3, 3, (228, 220, 196))
        brush.oval(x + 4, y + 5, 4, 4, (232, 224, 200))


def _clouds(brush: Brush, light: str, weather: str, grain: Grain, span: float) -> None:
    colour = CLOUD[light, weather]
    count = 3 if weather == "clear" else 6
    for i in range(count):
        x = grain(70 + i, -1100, 1100) * span / 1000
        y = -168 + grain(80 + i, 0, 70 if weather == "clear" else 44)
        size = grain(90 + i, 70, 130) / (100 if weather == "clear" else 62)
        shade = mix(colour, SKY[light, weather][1], 70)
        brush.oval(x + 3 * size, y + 3 * size, 24 * size, 6 * size, shade)
        for dx, dy, r in ((-13, 0, 8), (0, -5, 11), (13, -1, 8.5)):
            brush.oval(x + dx * size, y + dy * size, r * size * 1.2, r * size * 0.8, colour)
        brush.oval(x, y + 2 * size, 24 * size, 5 * size, colour)
