"""A character's own coordinates, and the three strokes that paint in them."""

from __future__ import annotations

from fabula.world.cast import CLOTHES, KINDS, Colour
from fabula.world.paint.brush import Brush
from fabula.world.paint.poses import Pose
from fabula.world.scene import Actor


class Body:
    """Where the parts of one character are: x towards where it faces, y up, 100 its height."""

    def __init__(self, brush: Brush, actor: Actor, pose: Pose, ground: float) -> None:
        self.brush, self.actor, self.pose, self.ground = brush, actor, pose, ground
        self.kind = KINDS[actor.who.kind]
        self.scale = self.kind.height / 100
        self.wide = self.kind.width / 100
        self.cloth: Colour = CLOTHES[actor.who.clothes]
        self.trim: Colour = CLOTHES[actor.who.trim]

    def at(self, x: float, y: float) -> tuple[float, float]:
        """A point of the figure in the world's units."""
        return self.actor.x + x * self.scale * self.actor.faces, self.ground - y * self.scale

    def hand(self) -> tuple[float, float]:
        """Where a held thing is."""
        x, y = self.pose.front
        return self.at(x + self.pose.lean + 4, y - self.pose.dip * 0.4 + 6)

    def polygon(self, points: list[tuple[float, float]], colour: Colour) -> None:
        self.brush.polygon([self.at(x, y) for x, y in points], colour)

    def oval(self, x: float, y: float, rx: float, ry: float, colour: Colour, alpha: int = 255) -> None:
        px, py = self.at(x, y)
        self.brush.oval(px, py, rx * self.scale, ry * self.scale, colour, alpha)

    def limb(self, points: list[tuple[float, float]], width: float, colour: Colour) -> None:
        self.brush.limb([self.at(x, y) for x, y in points], width * self.scale, colour)

    def hips(self) -> float:
        return 22 - self.pose.dip * 0.9
