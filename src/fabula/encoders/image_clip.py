from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fabula.encoders.clip import ClipTower, Learning
from fabula.encoders.image_mapped import Told
from fabula.roles import ImageEncoder
from fabula.story import Size
from fabula.types import Tokens

MEAN = (0.48145466, 0.4578275, 0.40821073)  # of the pictures in [0, 1] that CLIP was trained on, by colour
DEVIATION = (0.26862954, 0.26130258, 0.27577711)


class CLIPImageEncoder(ImageEncoder):
    """The vision tower of CLIP (Radford et al. 2021), and a learned projection of what it sees to the model's width.

    `path` is a local folder with config.json and model.safetensors. The tower is frozen unless `tower: learning`;
    `frozen: true` on the whole section would freeze the projection too, before it has learned anything.
    `tokens: pooled` is CLIP's summary of the picture, `map` its patches in row order, `both` the summary first.

    The whole picture is stretched to the tower's square, so that nothing at the sides is lost. A picture costs the
    same whatever its size: ViT-B/32 some two hundred times `conv` at 60x125, and more than that again where it learns.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, dim: int, size: Size, *, path: str = "", tower: Learning = "frozen", tokens: Told = "pooled"):
        super().__init__()
        self.tower = ClipTower(path, "vision", tower)
        self.square, patch = _pair(self.tower.config.image_size), _pair(self.tower.config.patch_size)
        self.grid = None if tokens == "pooled" else (self.square[0] // patch[0], self.square[1] // patch[1])
        self.kept = {"pooled": slice(1), "map": slice(1, None), "both": slice(None)}[tokens]
        self.read = nn.Linear(self.tower.config.hidden_size, dim)
        self.norm = nn.LayerNorm(dim)
        self.register_buffer("mean", torch.tensor(MEAN).view(3, 1, 1), persistent=False)
        self.register_buffer("deviation", torch.tensor(DEVIATION).view(3, 1, 1), persistent=False)

    def forward(self, images: Tensor) -> Tokens:
        hidden = self.tower(self.prepared(images))[:, self.kept]
        values = self.norm(self.read(hidden))
        return Tokens(values, values.new_ones(values.shape[:2], dtype=torch.bool))

    def prepared(self, images: Tensor) -> Tensor:
        """(N, 3, H, W) in [-1, 1] -> (N, 3, h, w), as CLIP was trained: resized, in [0, 1], then by colour."""
        resized = F.interpolate(images, self.square, mode="bicubic", antialias=True).clamp(-1, 1)
        return ((resized + 1) / 2 - self.mean) / self.deviation


def _pair(side: int | list[int] | tuple[int, ...]) -> tuple[int, int]:
    return (side, side) if isinstance(side, int) else (side[0], side[1])
