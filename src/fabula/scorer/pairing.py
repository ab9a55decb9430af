"""A scorer at work: pictures and captions to unit vectors of one space."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from fabula.errors import FabulaError
from fabula.images import to_tensor
from fabula.scorer.towers import Design, Towers
from fabula.story import Size
from fabula.tokenizer import Tokenizer

Vectors = NDArray[np.float32]  # (N, D), of length 1
TOGETHER = 256  # pictures or captions that are read at a time


@dataclass(frozen=True)
class PairScorer:
    """Vectors whose cosine says how well a picture and a caption, two pictures or two captions agree.

    The same input gives the same vector, up to some 1e-6 where it is read together with others. Cost grows with the
    number of pictures and captions alone: some 1 ms each on one core.
    """

    towers: Towers  # in evaluation mode
    tokenizer: Tokenizer
    design: Design
    about: dict[str, Any]  # what a table needs to name it: name, digest of the weights, dim

    sees: ClassVar[bool] = True

    def embed_pictures(self, pictures: NDArray[np.uint8] | Sequence[NDArray[np.uint8]]) -> Vectors:
        """(N, H, W, 3) uint8, or N pictures of sizes of their own, -> (N, D) float32 of length 1."""
        if isinstance(pictures, np.ndarray) and pictures.ndim != 4:
            raise FabulaError(f"embed_pictures: expected pictures (N, H, W, 3), got {pictures.shape}")
        parts = (pictures[start : start + TOGETHER] for start in range(0, len(pictures), TOGETHER))
        brought_down = (_brought_down(part, self.design.picture_size) for part in parts)
        return self._joined(self.towers.pictures, brought_down)

    def embed_captions(self, captions: Sequence[str]) -> Vectors:
        """N texts, empty ones too, -> (N, D) float32 of length 1. What is longer than the design reads is cut."""
        parts = (captions[start : start + TOGETHER] for start in range(0, len(captions), TOGETHER))
        return self._joined(self.towers.captions, (self._ids(part) for part in parts))

    def _ids(self, captions: Sequence[str]) -> Tensor:
        return torch.from_numpy(self.tokenizer.encode(captions, self.design.caption_length)[0])

    @torch.inference_mode()
    def _joined(self, tower: Callable[[Tensor], Tensor], parts: Iterable[Tensor]) -> Vectors:
        found = [tower(part).numpy() for part in parts]
        return np.concatenate([np.zeros((0, self.design.dim), np.float32), *found])


def _brought_down(pictures: Any, size: Size) -> Tensor:
    if isinstance(pictures, np.ndarray):
        return by_area(pictures, size)
    return torch.cat([by_area(np.asarray(picture)[None], size) for picture in pictures])


def by_area(pictures: NDArray[np.uint8], size: Size) -> Tensor:
    """(N, H, W, 3) uint8 -> (N, 3, h, w) in [-1, 1]: each pixel the mean of those it covers, proportions changed."""
    if pictures.dtype != np.uint8 or pictures.shape[-1] != 3:
        raise FabulaError(f"embed_pictures: expected uint8 (N, H, W, 3), got {pictures.dtype} {pictures.shape}")
    return F.interpolate(to_tensor(pictures), size, mode="area")
