"""What falls in front of everything: rain in streaks, snow in flakes."""

from __future__ import annotations

from PIL import ImageDraw

from fabula.world.paint.brush import Brush
from fabula.world.paint.grain import Grain


def paint_weather(brush: Brush, weather: str, light: str, grain: Grain) -> None:
    """Streaks or flakes over the whole picture, in pixels of the large picture."""
    width, height = brush.image.size
    if weather == "rain":
        _rain(brush.glass, width, height, grain, (214, 228, 240, 176 if light == "day" else 120))
    elif weather == "snow":
        _snow(brush.solid, width, height, grain, (252, 252, 255) if light != "night" else (214, 222, 240))


def _rain(draw: ImageDraw.ImageDraw, width: int, height: int, grain: Grain, colour: tuple[int, ...]) -> None:
    long, thick = height // 9, max(1, height // 125)
    for i in range(46):
        x, y = grain(i, -20, width + 20), grain(i + 47, -long, height)
        draw.line((x, y, x - long // 4, y + long), fill=colour, width=thick)


def _snow(draw: ImageDraw.ImageDraw, width: int, height: int, grain: Grain, colour: tuple[int, ...]) -> None:
    for i in range(46):
        x, y, r = grain(i, 0, width), grain(i + 47, 0, height), height * (2 + i % 4) // 360 + 1
        draw.ellipse((x - r, y - r, x + r, y + r), fill=colour)
