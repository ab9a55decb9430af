from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn

from fabula.decoders.image_conv import Canvas, Output
from fabula.layers.conv import Activation, Finish, Norm, finishing, halved, halving
from fabula.layers.normal import Normal, NormalHead, rolled
from fabula.layers.ranges import Channels, Number
from fabula.roles import Dice, ImageDecoder
from fabula.story import Size
from fabula.types import USUAL, Compared, Manner, Memory


class VariationalImageDecoder(ImageDecoder):
    """Paints from a latent that is drawn, so that one memory has many pictures.

    `posterior: memory` (Kingma & Welling 2014): the latent follows from the memory alone, and the picture from the
    latent alone; the KL is to N(0, 1). `posterior: target` (Sohn et al. 2015): in training the latent follows from
    the memory and the true picture, a learned prior follows from the memory, the KL is between the two, and the
    picture is painted from latent and memory.

    In training `forward` draws from torch's global generator. In evaluation mode it takes the mean: of the prior
    where the prior is learned, so that no number of validation has seen the target; the KL is then 0 by definition.
    `generate` draws with a story's own die, or takes the mean if `sample` is off.

    `kl` (B, Z) in nats for each of `latent` dimensions (the model's width if not given); `context_picture` as `conv`.
    """

    def __init__(
        self,
        dim: int,
        size: Size,
        *,
        latent: Number | None = None,
        posterior: Literal["memory", "target"] = "memory",
        sample: bool = True,
        channels: Channels = (128, 128, 64, 32),
        norm: Norm = "group",
        groups: Number = 8,
        activation: Activation = "leaky_relu",
        slope: float = 0.1,
        output: Output = "tanh",
        context: bool = True,
    ):
        super().__init__()
        finish, width = finishing(norm, groups, activation, slope), latent or dim
        self.told = NormalHead(dim, width)  # what the memory says of the latent
        self.peek = Peek(dim, width, size, channels, finish) if posterior == "target" else None
        self.content = Canvas(width + (dim if self.peek else 0), size, channels, finish, output)
        self.context = Canvas(dim, size, channels, finish, output) if context else None
        self.sample = sample
        self.offers = ("kl", "context_picture") if context else ("kl",)

    def forward(self, memory: Memory, target: Tensor) -> Compared:
        known = memory.state.mean()
        told = self.told(known)
        prior = told if self.peek else told.standard()
        drawn_from = self.peek(known, target) if self.peek and self.training else told
        latent = drawn_from.at(torch.randn_like(told.mean)) if self.training else drawn_from.mean
        beside = {"context_picture": self.context(known)} if self.context else {}
        return Compared(self.paint(latent, known), target, {"kl": drawn_from.kl(prior), **beside})

    def generate(self, memory: Memory, dice: Dice, manner: Manner = USUAL) -> Tensor:
        known = memory.state.mean()
        told = self.told(known)
        return self.paint(told.at(rolled(dice, told.mean)) if self.sample else told.mean, known)

    def paint(self, latent: Tensor, known: Tensor) -> Tensor:
        """(B, Z) and (B, D) -> (B, 3, H, W) in [-1, 1]."""
        return self.content(torch.cat([latent, known], 1) if self.peek else latent)


class Peek(nn.Module):
    """The memory (B, D) and the true picture to the latent that they suggest: for training alone."""

    def __init__(self, dim: int, latent: int, size: Size, channels: tuple[int, ...], finish: Finish):
        super().__init__()
        height, width = (halved(side, len(channels)) for side in size)
        self.look = nn.Sequential(
            halving((3, *reversed(channels)), finish),
            nn.Flatten(),
            nn.Linear(channels[0] * height * width, dim),
        )
        self.suggest = NormalHead(2 * dim, latent)

    def forward(self, known: Tensor, target: Tensor) -> Normal:
        return self.suggest(torch.cat([self.look(target), known], 1))
