"""Pictures as few numbers, and back: where a flow is short enough to follow."""

from __future__ import annotations

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fabula.layers.conv import initialised
from fabula.story import Size
from fabula.types import Compared

NOISE = 0.1  # spread of the noise on the codes while it learns, so that near codes mean near pictures


class Codec(nn.Module):
    """Every cell of the picture becomes one code: its principal components, of all linear codes the best.

    `prepare` finds them in many pictures; they learn nothing. What does learn are a few convolutions over the picture
    that is put together again, which mend the seams between cells. The components are scaled so that each one's spread
    is the root of what it was: large ones still count for more, but less so. A side that is no multiple of a cell is
    filled up by repeating its edge. Reading costs one product of matrices.
    """

    mean: Tensor
    parts: Tensor
    scale: Tensor
    spread: Tensor

    def __init__(self, size: Size, *, cell: int, code: int, channels: int):
        super().__init__()
        if code > 3 * cell**2:
            raise ValueError(
                f"code: {code} numbers are more than the {3 * cell**2} of a cell of {cell} x {cell} pixels"
            )
        self.size, self.cell = size, cell
        self.grid = (-(-size[0] // cell), -(-size[1] // cell))  # rows, columns
        self.register_buffer("mean", torch.zeros(3 * cell**2))
        self.register_buffer("parts", torch.eye(code, 3 * cell**2))
        self.register_buffer("scale", torch.ones(code))
        self.register_buffer("spread", torch.ones(code))  # of each number of the codes, over many pictures
        self.mend = _mending(channels)

    @torch.no_grad()
    def prepare(self, images: Tensor) -> None:
        """Find the components of the cells of (N, 3, H, W) in [-1, 1]."""
        cells = self._cells(images).flatten(0, 1)
        self.mean.copy_(cells.mean(0))
        spreads, parts = torch.linalg.eigh((cells - self.mean).T @ (cells - self.mean) / len(cells))
        self.parts.copy_(parts.flip(1).T[: len(self.parts)])
        spread = spreads.flip(0)[: len(self.scale)].clamp(min=1e-8).sqrt()
        self.scale.copy_((spread * spread.mean()).sqrt())
        self.spread.copy_(spread / self.scale)

    def forward(self, images: Tensor) -> Compared:
        """(N, 3, H, W) in [-1, 1] told of their codes."""
        codes = self.encode(images)
        shaken = codes + NOISE * torch.randn_like(codes) if self.training else codes
        return Compared(self.decode(shaken), images)

    def encode(self, images: Tensor) -> Tensor:
        """(N, 3, H, W) -> (N, F, code), cells in row order."""
        return (self._cells(images) - self.mean) @ self.parts.T / self.scale

    def decode(self, codes: Tensor) -> Tensor:
        """(N, F, code) -> (N, 3, H, W), within [-1, 1] when it does not learn."""
        drawn = self.put_together(codes)
        drawn = drawn + self.mend(drawn)
        return drawn if self.training else drawn.clamp(-1, 1)

    def put_together(self, codes: Tensor) -> Tensor:
        """The same with its seams, and for a fraction of the cost."""
        cells = (codes * self.scale) @ self.parts + self.mean
        whole = (self.grid[0] * self.cell, self.grid[1] * self.cell)
        drawn = F.fold(cells.transpose(1, 2), whole, self.cell, stride=self.cell)
        return drawn[..., : self.size[0], : self.size[1]]

    def _cells(self, images: Tensor) -> Tensor:
        """(N, 3, H, W) -> (N, F, 3 * cell * cell)."""
        below, right = (count * self.cell - side for count, side in zip(self.grid, self.size, strict=True))
        filled = F.pad(images, (0, right, 0, below), mode="replicate")
        return F.unfold(filled, self.cell, stride=self.cell).transpose(1, 2)


def _mending(channels: int) -> nn.Sequential:
    """(N, 3, H, W) -> (N, 3, H, W), nothing at first."""
    widths = (3, channels, channels, 3)
    wider, middle, last = (nn.Conv2d(*pair, 3, padding=1) for pair in pairwise(widths))
    stack = initialised(nn.Sequential(wider, nn.GELU(), middle, nn.GELU(), last))
    nn.init.zeros_(last.weight)
    return stack
