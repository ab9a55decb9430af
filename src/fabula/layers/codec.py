"""Pictures as few numbers, and back: where a flow is short enough to follow."""

from __future__ import annotations

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fabula.layers.conv import Finish, finishing, halving, initialised
from fabula.story import Size
from fabula.types import Compared

FORGET = 0.01  # share of the old mean and spread that every batch replaces
NOISE = 0.05  # spread of the noise on the codes while it learns, so that near codes mean near pictures


class Codec(nn.Module):
    """An autoencoder: every cell of the picture becomes one code, each of whose numbers has mean 0 and spread 1.

    Beside the convolutions, which see beyond a cell, a plain linear map reads and draws each cell by itself. `prepare`
    makes it the principal components of the cells of many pictures, of all linear maps the best, so that learning
    starts where such maps end. A side that is no multiple of a cell is filled up by repeating its edge. The decoder
    doubles by reading each vector as four neighbours (Shi et al. 2016, sub-pixel convolution).
    """

    mean: Tensor
    spread: Tensor

    def __init__(self, size: Size, *, channels: tuple[int, ...], code: int):
        super().__init__()
        self.size, self.cell, self.code = size, 2 ** len(channels), code
        self.grid = (-(-size[0] // self.cell), -(-size[1] // self.cell))  # rows, columns
        finish = finishing("group", 8, "gelu", 0.0)
        self.read = nn.Sequential(halving((3, *channels), finish), nn.Conv2d(channels[-1], code, 1))
        self.read_cells = nn.Conv2d(3, code, self.cell, stride=self.cell)
        self.draw = _drawing(channels, code, finish)
        self.draw_cells = nn.ConvTranspose2d(code, 3, self.cell, stride=self.cell)
        self.register_buffer("mean", torch.zeros(code))
        self.register_buffer("spread", torch.ones(code))

    @torch.no_grad()
    def prepare(self, images: Tensor) -> None:
        """Read and draw cells by the principal components of those of (N, 3, H, W); convolutions add nothing yet."""
        cells = F.unfold(self._filled(images), self.cell, stride=self.cell).transpose(1, 2).flatten(0, 1)
        mean = cells.mean(0)
        parts = torch.linalg.eigh((cells - mean).T @ (cells - mean)).eigenvectors.flip(1).T[: self.code]
        shaped = parts.view(self.code, 3, self.cell, self.cell)
        _fill(self.read_cells, shaped, -parts @ mean)
        _fill(self.draw_cells, shaped, mean.view(3, -1).mean(1))
        for last in (self.read[-1], self.draw[-2]):
            for part in last.parameters():
                part.zero_()
        self.spread.copy_(self._codes(images).std((0, 2, 3)))

    def forward(self, images: Tensor) -> Compared:
        """(N, 3, H, W) in [-1, 1] told of their codes."""
        return Compared(self.decode(self._shaken(self.encode(images))), images)

    def encode(self, images: Tensor) -> Tensor:
        """(N, 3, H, W) -> (N, code, rows, columns), of mean 0 and spread 1 over many pictures."""
        codes = self._codes(images)
        if self.training:
            self._remember(codes.detach())
        return (codes - _planes(self.mean)) / _planes(self.spread)

    def decode(self, codes: Tensor) -> Tensor:
        """(N, code, rows, columns) -> (N, 3, H, W), within [-1, 1] when it does not learn."""
        codes = codes * _planes(self.spread) + _planes(self.mean)
        drawn = (self.draw(codes) + self.draw_cells(codes))[..., : self.size[0], : self.size[1]]
        return drawn if self.training else drawn.clamp(-1, 1)

    def _codes(self, images: Tensor) -> Tensor:
        images = self._filled(images)
        return self.read(images) + self.read_cells(images)

    def _filled(self, images: Tensor) -> Tensor:
        below, right = (count * self.cell - side for count, side in zip(self.grid, self.size, strict=True))
        return F.pad(images, (0, right, 0, below), mode="replicate")

    def _shaken(self, codes: Tensor) -> Tensor:
        return codes + NOISE * torch.randn_like(codes) if self.training else codes

    @torch.no_grad()
    def _remember(self, codes: Tensor) -> None:
        self.mean.lerp_(codes.mean((0, 2, 3)), FORGET)
        self.spread.lerp_(codes.std((0, 2, 3)), FORGET)


def _drawing(channels: tuple[int, ...], code: int, finish: Finish) -> nn.Sequential:
    """(N, code, h, w) -> (N, 3, H, W); the last doubling gives the picture itself."""
    first = nn.Sequential(nn.Conv2d(code, channels[-1], 3, padding=1), finish(channels[-1]))
    stages = [doubled(below, above, finish) for below, above in pairwise(channels[::-1])]
    return initialised(nn.Sequential(first, *stages, nn.Conv2d(channels[0], 3 * 4, 3, padding=1), nn.PixelShuffle(2)))


def doubled(below: int, above: int, finish: Finish) -> nn.Sequential:
    """(N, below, h, w) -> (N, above, 2 h, 2 w)."""
    return nn.Sequential(nn.Conv2d(below, 4 * above, 3, padding=1), nn.PixelShuffle(2), finish(above))


def _fill(layer: nn.Conv2d | nn.ConvTranspose2d, weight: Tensor, bias: Tensor) -> None:
    layer.weight.copy_(weight)
    assert layer.bias is not None
    layer.bias.copy_(bias)


def _planes(vector: Tensor) -> Tensor:
    return vector[:, None, None]
