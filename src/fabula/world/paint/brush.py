"""A brush that works in the world's units: x to the right, y down, 0 the ground, 100 a child's height."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PIL import Image, ImageDraw

from fabula.world.cast import Colour

Point = tuple[float, float]
# sixteen points of the unit circle, to eight bits, so that no library's sine takes part
QUARTER = ((256, 0), (237, 98), (181, 181), (98, 237))
CIRCLE = [(x / 256, y / 256) for x, y in QUARTER]
CIRCLE += [(-y, x) for x, y in CIRCLE] + [(-x, -y) for x, y in CIRCLE] + [(y, -x) for x, y in CIRCLE]


def _same(colour: Colour) -> Colour:
    return colour


class Brush:
    """Draws flat shapes on a picture through a view and a tint. Coordinates become whole pixels here.

    It calls the drawing core beneath PIL's ImageDraw: thousands of shapes a second make the wrapper's checks costly.
    """

    def __init__(
        self, image: Image.Image, zoom: float, left: float, top: float, tint: Callable[[Colour], Colour]
    ) -> None:
        self.image, self.zoom, self.left, self.top, self.tint = image, zoom, left, top, tint
        self.solid = ImageDraw.Draw(image)
        self.glass = ImageDraw.Draw(image, "RGBA")
        self.inks: dict[tuple[int, ...], int] = {}
        self.marks: list[int] | None = None  # left, top, right, bottom of what was drawn since `watch`

    def bare(self) -> Brush:
        """The same view for colours that no light changes: flames, the sky."""
        other = Brush.__new__(Brush)
        other.image, other.zoom, other.left, other.top, other.tint = self.image, self.zoom, self.left, self.top, _same
        other.solid, other.glass, other.inks, other.marks = self.solid, self.glass, {}, None
        return other

    def watch(self) -> None:
        """Start to measure what is drawn."""
        self.marks = [1 << 30, 1 << 30, -(1 << 30), -(1 << 30)]

    def seen(self) -> tuple[int, int, int, int]:
        """The box around all that was drawn since `watch`, in pixels of the large picture."""
        assert self.marks
        marks, self.marks = self.marks, None
        return marks[0], marks[1], marks[2], marks[3]

    def _mark(self, left: int, top: int, right: int, bottom: int) -> None:
        m = self.marks
        assert m
        m[0], m[1], m[2], m[3] = min(m[0], left), min(m[1], top), max(m[2], right), max(m[3], bottom)

    def _ink(self, colour: Colour) -> int:
        ink = self.inks.get(colour)
        if ink is None:
            ink = self.inks[colour] = self.solid.draw.draw_ink(self.tint(colour))
        return ink

    def _veil(self, colour: Colour, alpha: int) -> int:
        return self.glass.draw.draw_ink((*self.tint(colour), alpha))

    def polygon(self, points: Iterable[Point], colour: Colour, alpha: int = 255) -> None:
        z, left, top = self.zoom, self.left, self.top
        pixels = [(int(x * z + left), int(y * z + top)) for x, y in points]
        if self.marks:
            xs, ys = [x for x, _ in pixels], [y for _, y in pixels]
            self._mark(min(xs), min(ys), max(xs), max(ys))
        if alpha == 255:
            self.solid.draw.draw_polygon(pixels, self._ink(colour), 1)
        else:
            self.glass.draw.draw_polygon(pixels, self._veil(colour, alpha), 1)

    def oval(self, x: float, y: float, rx: float, ry: float, colour: Colour, alpha: int = 255) -> None:
        z = self.zoom
        x, y, rx, ry = x * z + self.left, y * z + self.top, rx * z, ry * z
        box = (int(x - rx), int(y - ry), int(x + rx), int(y + ry))
        if self.marks:
            self._mark(*box)
        if alpha == 255:
            self.solid.draw.draw_ellipse(box, self._ink(colour), 1)
        else:
            self.glass.draw.draw_ellipse(box, self._veil(colour, alpha), 1)

    def turned(self, x: float, y: float, rx: float, ry: float, cos: float, sin: float, colour: Colour) -> None:
        """An oval whose long axis points along (cos, sin)."""
        points = [(x + u * rx * cos - v * ry * sin, y + u * rx * sin + v * ry * cos) for u, v in CIRCLE]
        self.polygon(points, colour)

    def rect(self, x0: float, y0: float, x1: float, y1: float, colour: Colour) -> None:
        z = self.zoom
        xa, xb = sorted((int(x0 * z + self.left), int(x1 * z + self.left)))
        ya, yb = sorted((int(y0 * z + self.top), int(y1 * z + self.top)))
        if self.marks:
            self._mark(xa, ya, xb, yb)
        self.solid.draw.draw_rectangle((xa, ya, xb, yb), self._ink(colour), 1)

    def line(self, points: Iterable[Point], width: float, colour: Colour) -> None:
        z, left, top = self.zoom, self.left, self.top
        pixels = [(int(x * z + left), int(y * z + top)) for x, y in points]
        if self.marks:
            xs, ys = [x for x, _ in pixels], [y for _, y in pixels]
            self._mark(min(xs), min(ys), max(xs), max(ys))
        draw, ink, wide = self.solid.draw, self._ink(colour), max(1, int(width * z))
        draw.draw_lines(pixels, ink, wide)
        if wide > 2:
            for x, y in pixels[1:-1]:  # round joints
                draw.draw_ellipse((x - wide // 2, y - wide // 2, x + wide // 2, y + wide // 2), ink, 1)

    def limb(self, points: list[Point], width: float, colour: Colour) -> None:
        """A line with round ends."""
        self.line(points, width, colour)
        for x, y in (points[0], points[-1]):
            self.oval(x, y, width / 2, width / 2, colour)

    def arc(self, x: float, y: float, rx: float, ry: float, start: int, end: int, width: float, colour: Colour) -> None:
        """Part of an oval's outline, in degrees clockwise from the right."""
        z = self.zoom
        box = (
            int((x - rx) * z + self.left),
            int((y - ry) * z + self.top),
            int((x + rx) * z + self.left) + 1,
            int((y + ry) * z + self.top) + 1,
        )
        self.solid.arc(box, start, end, fill=self.tint(colour), width=max(1, int(width * z)))
