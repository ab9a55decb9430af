"""A flow from noise to what is wanted: straight lines learned, and followed step by step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, cast

import torch
from torch import Generator, Tensor, nn

from fabula.layers.painting import Places, waves
from fabula.layers.transformer import TransformerLayer
from fabula.types import Manner, Tokens

NEAR = 0.05  # nearer to the end than this, an error counts no more than here


class Told(NamedTuple):
    """What a flow is told beside each vector, and what it sets out to correct."""

    cells: Tensor  # (B, F, D)
    base: Tensor  # (B, F, C)
    spread: Tensor  # (C,) how far from that what is wanted usually lies


class Flow(nn.Module):
    """Vectors (B, F, C) by flow matching (Lipman et al. 2023): x_t = (1 - t) noise + t x, and the velocity x - noise.

    The network is given, and says, numbers of one size at every time (as in Karras et al. 2022, section 5, for noise
    that is added): x is what one would expect of x_t if x were drawn around the base with the usual spread, plus the
    network's word by as much as is then still open.
    """

    def __init__(self, dim: int, code: int, grid: tuple[int, int], *, layers: int, heads: int):
        super().__init__()
        self.enter, self.told = nn.Linear(code, dim), nn.Linear(dim, dim)
        self.when = nn.Sequential(nn.Linear(dim, dim), nn.GELU(), nn.Linear(dim, dim))
        self.places = Places(grid, dim)
        self.layers = nn.ModuleList(TransformerLayer(dim, heads=heads, axes="B F F'") for _ in range(layers))
        self.norm, self.say = nn.LayerNorm(dim), nn.Linear(dim, code)

    def error(self, wanted: Tensor, told: Told) -> Tensor:
        """Squared error (B,) of the velocity at one time of each row, likeliest in the middle (Esser et al. 2024)."""
        time = torch.randn_like(wanted[:, 0, 0]).sigmoid()
        at = time[:, None, None]
        said = self.clean(torch.randn_like(wanted).lerp(wanted, at), time, told)
        return ((said - wanted) / (1 - at).clamp(min=NEAR)).square().mean((1, 2))

    def clean(self, values: Tensor, time: Tensor, told: Told) -> Tensor:
        """What values (B, F, C) on their way at `time` (B,) in [0, 1] will be: (B, F, C)."""
        at, spread = time[:, None, None], told.spread
        off = values - at * told.base  # (1 - t) noise + t (x - base)
        size = (at**2 * spread**2 + (1 - at) ** 2).sqrt()
        when = self.when(waves(time, told.cells.shape[-1]))[:, None]
        hidden = self.places(self.enter(off / size) + self.told(told.cells)) + when
        tokens = Tokens(hidden, hidden.new_ones(hidden.shape[:2], dtype=torch.bool))
        for layer in cast("Iterable[TransformerLayer]", self.layers):
            tokens = layer(tokens)
        said = self.say(self.norm(tokens.values))
        return told.base + at * spread**2 / size**2 * off + spread * (1 - at) / size * said

    def follow(self, told: Told, plain: Told, dice: Sequence[Generator], manner: Manner) -> Tensor:
        """(B, F, C) from each story's own noise, in `manner.steps` steps of equal length.

        With a `manner.guidance` other than 1 the velocity is overstated against that of who was told nothing, `plain`
        (Ho and Salimans 2022, there with w = guidance - 1).
        """
        values = torch.stack([torch.randn(*row.shape, generator=die) for row, die in zip(told.base, dice, strict=True)])
        values = values.to(told.base)
        for step in range(manner.steps):
            time = step / manner.steps
            when = values.new_full((len(values),), time)
            wanted = self.clean(values, when, told)
            if manner.guidance != 1:
                wanted = self.clean(values, when, plain).lerp(wanted, manner.guidance)
            values = values + (wanted - values) / (1 - time) / manner.steps
        return values
