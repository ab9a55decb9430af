from __future__ import annotations

from torch import Tensor, nn

from fabula.decoders.image_conv import ConvImageDecoder
from fabula.layers.frames import newest_frame
from fabula.layers.seen import Seen
from fabula.roles import Dice
from fabula.types import USUAL, Compared, Manner, Memory


class GatedImageDecoder(ConvImageDecoder):
    """Paints, and copies where the shot continues: one gate in (0, 1) a story mixes newest frame and painted picture.

    Where `copy` decides for each pixel, this decides once, so that its decision can be judged: the gate's logit (B,)
    is offered as `copy_logit`. Where no frame is known there is nothing to copy, and the gate is shut.
    """

    def furnish(self, dim: int) -> None:
        self.judge = nn.Sequential(nn.Linear(dim, dim), nn.GELU(), nn.Linear(dim, 1))
        self.seen = Seen("B")
        self.offers = ("copy_logit", *self.offers)

    def forward(self, memory: Memory, target: Tensor) -> Compared:
        said, logit = super().forward(memory, target), self.logit(memory)
        return Compared(self.mixed(memory, said.predicted, logit), target, {"copy_logit": logit, **said.beside})

    def generate(self, memory: Memory, dice: Dice, manner: Manner = USUAL) -> Tensor:
        return self.mixed(memory, self.paint(memory), self.logit(memory))

    def logit(self, memory: Memory) -> Tensor:
        """(B,): how surely the shot continues."""
        return self.judge(memory.state.mean())[:, 0]

    def mixed(self, memory: Memory, painted: Tensor, logit: Tensor) -> Tensor:
        """gate * newest frame + (1 - gate) * painted."""
        known = memory.context.present.any(1)
        gate = self.seen(logit.sigmoid() * known)[:, None, None, None]
        return gate * newest_frame(memory.context) + (1 - gate) * painted
