"""The next frames of the contexts that were painted last, so that who asks for another aim paints nothing again."""

from __future__ import annotations

from dataclasses import dataclass, field

from numpy.typing import NDArray

from fabula.story import Size
from fabula.world.dice import Dice
from fabula.world.oracle.blend import Pixels, painted
from fabula.world.oracle.draws import drawn_scenes
from fabula.world.oracle.outlook import Outlook
from fabula.world.paint.picture import Painter

KEPT = 64  # contexts: of 32 renders at 60x125 these are 50 MB
Drawn = tuple[Pixels, NDArray]  # (R, H, W, 3) and (R,) weights


@dataclass
class Canvas:
    """`renders` and `mass` as in `drawn_scenes`."""

    renders: int
    mass: float
    painters: dict[Size, Painter] = field(default_factory=dict)
    held: dict[tuple[str, Size], tuple[Outlook, Drawn]] = field(default_factory=dict)

    def paint(self, outlook: Outlook, dice: Dice, size: Size) -> Drawn:
        """Pictures (R, H, W, 3) of next frames, and their weights (R,)."""
        key = (dice.key, size)
        ways, drawn = self.held.pop(key, (None, None))
        if drawn is None or ways is not outlook:
            drawn = self._paint(outlook, dice, size)
        self.held[key] = outlook, drawn
        if len(self.held) > KEPT:
            del self.held[next(iter(self.held))]
        return drawn

    def _paint(self, outlook: Outlook, dice: Dice, size: Size) -> Drawn:
        painter = self.painters.setdefault(size, Painter(size))
        return painted(drawn_scenes(outlook, dice, renders=self.renders, mass=self.mass), painter)
