"""A whole character: shadow, tail, legs, body in its clothes, arms, head, and what it holds."""

from __future__ import annotations

from fabula.world.cast import CLOTHES, KINDS, Colour
from fabula.world.paint.brush import Brush
from fabula.world.paint.clothes import paint_details, paint_extra, paint_hat
from fabula.world.paint.faces import Face
from fabula.world.paint.heads import paint_head
from fabula.world.paint.light import darker, paler
from fabula.world.paint.poses import Pose
from fabula.world.paint.tails import paint_tail
from fabula.world.scene import Actor

HEAD = 72  # height of the head's middle, in hundredths of the character's


class Figure:
    """Paints one character. Its own coordinates: x towards where it faces, y up, 100 its height."""

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

    def shadow(self) -> None:
        self.oval(0, -0.5, 24 * self.wide, 4.4, (40, 34, 60), 70)

    def paint(self) -> None:
        """Everything from back to front, but for the front arm."""
        paint_tail(self)
        self._arm(self.pose.back, -1)
        self._legs()
        self._body()
        paint_extra(self)
        head = self._face()
        paint_head(head, self.kind.noun, self.actor.feeling, asleep=self.actor.asleep)
        paint_hat(self, head)
        if self.actor.asleep:
            self._snore(head)

    def paint_arm(self) -> None:
        """The front arm, over whatever it holds."""
        self._arm(self.pose.front, 1)

    def _face(self) -> Face:
        pose = self.pose
        x, y = self.at(pose.lean * 1.2 + pose.head[0], HEAD - pose.dip + pose.head[1])
        return Face(self.brush, x, y, self.scale, self.actor.faces)

    def hips(self) -> float:
        return 22 - self.pose.dip * 0.9

    def _legs(self) -> None:
        bare = self.actor.who.garment == "dress"
        colour = (
            self.kind.skin
            if bare
            else darker(self.cloth, 70)
            if self.actor.who.garment == "dungarees"
            else (94, 84, 104)
        )
        shoe = self.kind.dark if not self.kind.human else (96, 66, 62)
        if self.kind.noun in ("duck", "frog"):
            colour, shoe = self.kind.dark, self.kind.dark
        for (x, y), start in ((self.pose.heel, -8), (self.pose.foot, 8)):
            hip = max(self.hips(), 5) + 3
            self.limb([(start * self.wide, hip), (x, y + 4)], 8.6, colour)
            self.oval(x + 2.4, y + 2.4, 6.8, 3.8, shoe)

    def _body(self) -> None:
        garment, lean, w = self.actor.who.garment, self.pose.lean, self.wide
        low, high = max(self.hips(), 4), 58 - self.pose.dip
        hem = {"coat": 19, "dress": 23, "jumper": 16, "dungarees": 16}[garment] * w
        low -= {"coat": 6, "dress": 5}.get(garment, 0) if low > 10 else 0
        mid = (low + high) / 2
        shape = [
            (-hem, low),
            (-15.5 * w + lean * 0.5, mid + 3),
            (-11 * w + lean, high),
            (11 * w + lean, high),
            (15.5 * w + lean * 0.5, mid + 3),
            (hem, low),
            (hem * 0.5, low - 2),
            (-hem * 0.5, low - 2),
        ]
        self.polygon(shape, self.cloth)
        self.polygon(
            [shape[0], shape[1], shape[2], (-5 * w + lean, high), (-8 * w + lean * 0.5, mid), (-hem * 0.5, low - 2)],
            darker(self.cloth, 36),
        )
        paint_details(self, garment, low, mid, high, hem)

    def _arm(self, hand: tuple[float, float], side: int) -> None:
        lean, dip = self.pose.lean, self.pose.dip
        shoulder = (side * 10.5 * self.wide + lean, 51 - dip)
        tip = (hand[0] + lean, hand[1] - dip * 0.4)
        elbow = ((shoulder[0] + tip[0]) / 2 + side * 3, (shoulder[1] + tip[1]) / 2 - 3)
        sleeve = paler(self.trim, 90) if self.actor.who.garment == "dungarees" else self.cloth
        if self.kind.noun == "duck":
            sleeve = self.kind.skin
        self.limb([shoulder, elbow, tip], 8.4, darker(sleeve, 52 if side < 0 else 22))
        self.oval(*tip, 4.6, 4.6, self.kind.skin if side > 0 else darker(self.kind.skin, 30))

    def _snore(self, head: Face) -> None:
        for x, y, s in ((22, 18, 4), (31, 28, 5.6)):
            head.line([(x - s, y + s), (x + s, y + s), (x - s, y - s), (x + s, y - s)], 1.8, (250, 248, 240))
