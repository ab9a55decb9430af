"""A scene becomes a picture: background, figures, things, weather; painted large, then made small."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from functools import partial

from PIL import Image

from fabula.story import Box, Size
from fabula.world.paint.brush import Brush
from fabula.world.paint.distance import paint_far, paint_middle
from fabula.world.paint.figure import Figure
from fabula.world.paint.grain import Grain
from fabula.world.paint.ground import paint_ground
from fabula.world.paint.indoors import paint_room
from fabula.world.paint.land import Land
from fabula.world.paint.light import tint
from fabula.world.paint.poses import pose_of
from fabula.world.paint.room import Room
from fabula.world.paint.sky import SKY, gradient, paint_sky
from fabula.world.paint.things import paint_item
from fabula.world.paint.weather import paint_weather
from fabula.world.places import PLACES
from fabula.world.scene import Item, Scene

FEET = 12  # how far in front of the stage's line people stand


@dataclass(frozen=True)
class Painting:
    """The picture, and where everybody and everything is on it."""

    picture: Image.Image
    boxes: dict[str, Box]  # of char1, obj1, lm1; those out of sight are absent


def paint(scene: Scene, size: Size) -> Painting:
    """The scene at this size."""
    return Painter(size).paint(scene)


class Painter:
    """Paints scenes of one size, and keeps the last backgrounds."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self.large = 3 if size.height <= 160 else 2
        self.kept: OrderedDict[tuple, Image.Image] = OrderedDict()

    def paint(self, scene: Scene) -> Painting:
        image = self._background(scene).copy()
        brush = self._brush(image, scene, 1.0, _table(scene))
        boxes = _paint_actors(brush, scene)
        if not PLACES[scene.place].indoors:
            paint_weather(brush, scene.weather, scene.light, Grain(f"{scene.grain}{scene.number}"))
        boxes["lm1"] = self._mark_box(brush, scene)
        small = image.reduce(self.large)
        return Painting(small, {id: box for id, found in boxes.items() if (box := self._clip(found))})

    def _clip(self, box: tuple[int, int, int, int]) -> Box | None:
        """The box in pixels of the small picture, within it; None where nothing is seen."""
        large, (height, width) = self.large, self.size
        left, top = max(0, box[0] // large), max(0, box[1] // large)
        right, bottom = min(width, box[2] // large + 1), min(height, box[3] // large + 1)
        return Box(left, top, right, bottom) if right - left > 1 and bottom - top > 1 else None

    def _mark_box(self, brush: Brush, scene: Scene) -> tuple[int, int, int, int]:
        z, x = brush.zoom, scene.mark_x
        return (
            int((x - 40) * z + brush.left),
            int(-116 * z + brush.top),
            int((x + 40) * z + brush.left),
            int(-8 * z + brush.top),
        )

    def _brush(self, image: Image.Image, scene: Scene, depth: float, table: str) -> Brush:
        """A brush for a layer; depth 1 is the stage, 0 so far away that the camera does not matter."""
        width, height = image.size
        tall = scene.camera.tall * max(1.0, 1.5 * height / width)
        wide = 186 * max(1.0, 1.5 * height / width)
        zoom = height / (wide + (tall - wide) * depth)
        x, y = scene.camera.x * depth, -62 + (scene.camera.y + 62) * depth
        colours = partial(tint, light=scene.light, weather=scene.weather, table=table)
        return Brush(image, zoom, width / 2 - x * zoom, height / 2 - y * zoom, colours)

    def _background(self, scene: Scene) -> Image.Image:
        key = (scene.place, scene.light, scene.weather, scene.camera, scene.mark_x, scene.grain)
        if key not in self.kept:
            self.kept[key] = self._paint_background(scene)
            while len(self.kept) > 4:
                self.kept.popitem(last=False)
        return self.kept[key]

    def _paint_background(self, scene: Scene) -> Image.Image:
        size = (self.size.width * self.large, self.size.height * self.large)
        grain, indoors = Grain(scene.grain), PLACES[scene.place].indoors
        span = max(210.0, 102.0 * size[0] / size[1])
        if indoors:
            image = Image.new("RGB", size)
            paint_room(
                self._brush(image, scene, 1.0, "indoors"),
                Room(scene.place, grain, span, scene.light, scene.weather, scene.mark_x),
            )
            return image
        image = gradient(size, SKY[scene.light, scene.weather])
        sky = self._brush(image, scene, 0.15, "scenery")
        paint_sky(sky.bare(), scene.light, scene.weather, grain, span)
        land = Land(scene.place, grain, span, scene.weather == "snow", scene.light != "day", scene.mark_x)
        paint_far(self._brush(image, scene, 0.35, "scenery"), scene.place, land)
        paint_middle(self._brush(image, scene, 0.65, "scenery"), scene.place, land)
        paint_ground(self._brush(image, scene, 1.0, "scenery"), scene.place, land)
        return image


def _table(scene: Scene) -> str:
    """Which light falls on the figures."""
    if any(item.lit for item in scene.items):
        return "lamplit"
    return "indoors" if PLACES[scene.place].indoors else "figures"


def _paint_actors(brush: Brush, scene: Scene) -> dict[str, tuple[int, int, int, int]]:
    boxes = {}
    for item in scene.items:
        if item.where == "ground":
            boxes[item.id] = _watched(brush, partial(paint_item, brush, item, item.x, FEET - 7, 1.15))
    figures = [Figure(brush, actor, pose_of(scene, actor), FEET - 5 * i) for i, actor in enumerate(scene.actors)]
    for figure in figures:
        figure.shadow()
    for figure in reversed(figures):
        boxes[figure.actor.who.id] = _watched(brush, figure.paint)
        held = scene.item(figure.actor.holding) if figure.actor.holding else None
        if held:
            boxes[held.id] = _watched(brush, partial(_paint_held, brush, held, figure))
        figure.paint_arm()
    return boxes


def _paint_held(brush: Brush, item: Item, figure: Figure) -> None:
    x, y = figure.hand()
    paint_item(brush, item, x, y, figure.scale * (0.85 if item.kind == "umbrella" else 1.05))


def _watched(brush: Brush, paint) -> tuple[int, int, int, int]:
    brush.watch()
    paint()
    return brush.seen()
