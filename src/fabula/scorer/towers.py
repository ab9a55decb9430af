"""Two towers, one for pictures and one for captions, that end in one space."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fabula.encoders import IMAGE_ENCODERS, TEXT_ENCODERS
from fabula.schema import convert
from fabula.scorer.bag import BagTextEncoder
from fabula.spec import Spec, build
from fabula.story import Size
from fabula.types import Vocabulary

TEXTS = {**TEXT_ENCODERS, "bag": BagTextEncoder}
IMAGE = Spec("conv", {"channels": (16, 32, 64, 128), "activation": "relu", "grid": (2, 4)}, "image_encoder")
TEXT = Spec("bag", {"embedding": 96, "buckets": 4096, "dropout": 0.2}, "text_encoder")


@dataclass(frozen=True)
class Design:
    """All that decides the shape of the towers. Pictures of any size come down to `picture_size` by area."""

    dim: int = 128  # of the common space
    picture_size: Size = field(default=Size(32, 64))
    caption_length: int = 96  # tokens that are read of a caption, the end token included
    vocabulary: int = 4096  # the most tokens that the tokenizer may learn
    image_encoder: Spec = field(default=IMAGE)
    text_encoder: Spec = field(default=TEXT)

    def plain(self) -> dict[str, Any]:
        """What `designed` reads."""
        encoders = {"image_encoder": self.image_encoder.plain(), "text_encoder": self.text_encoder.plain()}
        return {**vars(self), "picture_size": str(self.picture_size), **encoders}


def designed(plain: Any, where: str) -> Design:
    """The design that was written down. FabulaError where something in it is not understood."""
    return convert(plain, Design, where)


class Towers(nn.Module):
    """A picture encoder and a text encoder of the catalogues, each read through one linear layer to unit vectors."""

    def __init__(self, design: Design, vocabulary: Vocabulary):
        super().__init__()
        self.image = build(IMAGE_ENCODERS, design.image_encoder, design.dim, design.picture_size)
        self.text = build(TEXTS, design.text_encoder, design.dim, vocabulary)
        by_pixel = torch.channels_last  # a third faster on a processor
        self.image.to(memory_format=by_pixel)  # ty: ignore[no-matching-overload]
        self.image_out, self.text_out = (nn.Linear(design.dim, design.dim, bias=False) for _ in range(2))

    def pictures(self, images: Tensor) -> Tensor:
        """(N, 3, h, w) in [-1, 1] at the design's size -> (N, D) of length 1."""
        by_pixel = images.contiguous(memory_format=torch.channels_last)
        return F.normalize(self.image_out(self.image(by_pixel).values[:, 0]), dim=-1)

    def captions(self, ids: Tensor) -> Tensor:
        """(N, L), padded -> (N, D) of length 1."""
        return F.normalize(self.text_out(self.text(ids).values[:, 0]), dim=-1)
