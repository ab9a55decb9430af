from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fabula.layers.codec import Codec
from fabula.layers.flow import Flow, Told
from fabula.layers.painting import PaintingLayer, Places
from fabula.layers.ranges import Number, Share
from fabula.roles import Dice, ImageDecoder
from fabula.story import Size
from fabula.types import USUAL, Compared, Frames, Manner, Memory

SHARPER = 2  # a share is known for squares of so many pixels a side
REACH = 4.0  # the logits of the shares lie within this, so that what is drawn never stops to learn


class FlowImageDecoder(ImageDecoder):
    """Paints the picture of least error, or one of those that may be, from one reading of the story.

    A codec (layers/codec.py) turns pictures into a grid of codes; it learns in a stage of its own, and stays as it is
    after. Cells that know the codes of the newest `frames` pictures at their place read each other and the story, with
    the caption that is being told. From them follow
    - the guess: codes that were seen, mixed and changed, put together, and then mixed pixel by pixel with the pictures
      of the context, so that what stays is copied exactly. It is what `predicted` holds, for losses of pixels; how far
      what is drawn alone lies from the target is offered as `drawn`;
    - the samples: a flow from noise to the codes (layers/flow.py), whose error is offered as `flow`.

    `unheard` is the share of training windows in which the caption is not told, `plain` that in which the flow is told
    nothing at all, which guidance needs. With F cells and S tokens of the story a layer costs F D^2 + (F + S) F D;
    samples share it, and a step of the flow costs its own layers alone.
    """

    offers = ("flow", "drawn")
    listens = True
    modes = ("sample", "guess")

    def __init__(
        self,
        dim: int,
        size: Size,
        *,
        cell: Number = 12,
        code: Number = 96,
        mending: Number = 16,
        frames: Number = 4,
        layers: Number = 4,
        flow_layers: Number = 3,
        heads: Number = 2,
        unheard: Share = 0.1,
        plain: Share = 0.1,
    ):
        super().__init__()
        if cell % SHARPER:
            raise ValueError(f"cell: {cell} is not even")
        self.size, self.frames, self.unheard, self.plain = size, frames, unheard, plain
        self.codec = Codec(size, cell=cell, code=code, channels=mending).requires_grad_(False)
        self.enter = nn.Linear(frames * (code + 1), dim)
        self.places = Places(self.codec.grid, dim)
        self.layers = nn.ModuleList(PaintingLayer(dim, heads=heads) for _ in range(layers))
        self.norm = nn.LayerNorm(dim)
        self.kept, self.changed = nn.Linear(dim, 1 + frames), nn.Linear(dim, code)
        nn.init.zeros_(self.changed.weight)
        self.kept.bias.data[:2] = torch.tensor([0.0, 3.0])  # at first, what was seen last
        self.shares = nn.Linear(dim, (1 + frames) * self.codec.cell**2 // SHARPER**2)
        self.flow = Flow(dim, code, self.codec.grid, layers=flow_layers, heads=heads)
        self.nothing = nn.Parameter(torch.randn(dim) * 0.02)

    def forward(self, memory: Memory, target: Tensor) -> Compared:
        sketch = self._sketch(memory)
        with torch.no_grad():
            codes = self.codec.encode(target)
        drawn = self.codec.put_together(sketch.codes)
        plain = torch.rand_like(codes[:, :1, :1]) < (self.plain if self.training else 0)
        nothing, known = self._nothing(sketch), self._told(sketch)
        told = known._replace(
            cells=torch.where(plain, nothing.cells, known.cells), base=torch.where(plain, nothing.base, known.base)
        )
        beside = {"flow": self.flow.error(codes, told), "drawn": (drawn - target).abs()}
        return Compared(self._mixed(sketch, drawn), target, beside)

    def generate(self, memory: Memory, dice: Dice, manner: Manner = USUAL) -> Tensor:
        sketch = self._sketch(memory)
        if manner.mode == "guess":
            return self._mixed(sketch, self.codec.put_together(sketch.codes))
        return self.codec.decode(self.flow.follow(self._told(sketch), self._nothing(sketch), dice, manner))

    def train(self, mode: bool = True) -> FlowImageDecoder:
        """The codec learns in its own stage alone, where its weights are let free."""
        super().train(mode)
        self.codec.train(mode and next(self.codec.parameters()).requires_grad)
        return self

    def _sketch(self, memory: Memory) -> Sketch:
        seen = newest_first(memory.context, self.frames)
        with torch.no_grad():
            codes = self.codec.encode(seen.pictures.flatten(0, 1)).unflatten(0, seen.there.shape)
        known = torch.cat([codes, torch.ones_like(codes[..., :1])], -1) * seen.there[..., None, None]
        cells = self.places(self.enter(known.permute(0, 2, 1, 3).flatten(2)))
        for layer in cast("Iterable[PaintingLayer]", self.layers):
            cells = layer(cells, memory.state)
        cells = self.norm(cells)
        kept = self.kept(cells).softmax(-1)[..., 1:] * seen.there[:, None]  # (B, F, frames)
        return Sketch(cells, torch.einsum("bfk,bkfc->bfc", kept, codes) + self.changed(cells), seen)

    def _told(self, sketch: Sketch) -> Told:
        """What the flow is told, the guess that it corrects too; how well that goes does not change the guess."""
        return Told(sketch.cells, sketch.codes.detach(), self.codec.spread)

    def _nothing(self, sketch: Sketch) -> Told:
        """What the flow is told that is told nothing."""
        return Told(self.nothing.expand_as(sketch.cells), torch.zeros_like(sketch.codes), self.codec.spread)

    def _mixed(self, sketch: Sketch, drawn: Tensor) -> Tensor:
        """(B, 3, H, W): what is drawn, mixed with the pictures of the context."""
        every = torch.cat([drawn[:, None], sketch.seen.pictures], 1)  # (B, 1 + frames, 3, H, W)
        return (every * self._shares(sketch.cells, sketch.seen.there)[:, :, None]).sum(1)

    def _shares(self, cells: Tensor, there: Tensor) -> Tensor:
        """(B, 1 + frames, H, W), each pixel's summing to 1; none for a picture that is not there."""
        maps = self.shares(cells).transpose(1, 2).unflatten(2, self.codec.grid)
        squares = F.pixel_shuffle(maps, self.codec.cell // SHARPER)
        pixels = F.interpolate(squares, scale_factor=SHARPER, mode="bilinear", align_corners=False)
        pixels = REACH * pixels[..., : self.size[0], : self.size[1]].tanh()
        absent = ~F.pad(there, (1, 0), value=True)[..., None, None]
        return pixels.masked_fill(absent, -torch.inf).softmax(1)


class Shown(NamedTuple):
    """The newest pictures of each story, newest first; grey where there are fewer."""

    pictures: Tensor  # (B, frames, 3, H, W)
    there: Tensor  # (B, frames) bool


class Sketch(NamedTuple):
    """What is to be painted."""

    cells: Tensor  # (B, F, D)
    codes: Tensor  # (B, F, code) the guess: a mixture of those that were seen, and a change
    seen: Shown


def newest_first(context: Frames, count: int) -> Shown:
    """The newest pictures of what is present."""
    place = context.present.sum(1, keepdim=True) - 1 - torch.arange(count, device=context.present.device)
    there = place >= 0
    found = context.images[torch.arange(len(place), device=place.device)[:, None], place.clamp(min=0)]
    return Shown(torch.where(there[..., None, None, None], found, found.new_zeros(())), there)
