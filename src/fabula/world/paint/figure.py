"""A whole character: shadow, tail, legs, body in its clothes, arms, head, and what it holds."""

from __future__ import annotations

from fabula.world.paint.body import Body
from fabula.world.paint.clothes import paint_details, paint_extra, paint_hat
from fabula.world.paint.faces import Face
from fabula.world.paint.heads import paint_head
from fabula.world.paint.light import darker, paler
from fabula.world.paint.tails import paint_tail

HEAD = 72  # height of the head's middle, in hundredths of the character's


class Figure(Body):
    """Paints one character."""

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
