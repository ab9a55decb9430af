"""A CLIP as the scorer: both towers with their projections, from a local folder in the format of Hugging Face."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from fabula.encoders.image_clip import DEVIATION, MEAN
from fabula.images import to_tensor
from fabula.scorer.pretrained import digest_of, library, opened

TOGETHER = 32  # pictures or captions that are read at a time
WHAT = "a whole CLIP"


class ClipScorer:
    """Vectors of CLIP's common space (Radford et al. 2021). Pictures are stretched to its square; captions are cut."""

    sees = True

    def __init__(self, folder: Path):
        self.model, self.tokenizer = opened(folder, library(WHAT).CLIPModel, WHAT)
        self.square = self.model.config.vision_config.image_size
        self.most = self.model.config.text_config.max_position_embeddings
        dim = int(self.model.config.projection_dim)
        self.about: dict[str, Any] = {"name": f"clip:{folder.name}", "digest": digest_of(folder), "dim": dim}

    def embed_pictures(self, pictures: NDArray[np.uint8] | Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """(N, H, W, 3) uint8, or N pictures of sizes of their own, -> (N, D) float32 of length 1."""
        return self._joined([self._seen(pictures[at : at + TOGETHER]) for at in range(0, len(pictures), TOGETHER)])

    def embed_captions(self, captions: Sequence[str]) -> NDArray[np.float32]:
        """N texts -> (N, D) float32 of length 1."""
        return self._joined([self._read(captions[at : at + TOGETHER]) for at in range(0, len(captions), TOGETHER)])

    @torch.inference_mode()
    def _seen(self, pictures: Any) -> Tensor:
        return _vectors(self.model.get_image_features(torch.cat([self._prepared(each) for each in pictures])))

    def _prepared(self, picture: NDArray[np.uint8]) -> Tensor:
        images = (to_tensor(picture)[None] + 1) / 2
        resized = F.interpolate(images, (self.square, self.square), mode="bicubic", antialias=True).clamp(0, 1)
        mean, deviation = (torch.tensor(each).view(3, 1, 1) for each in (MEAN, DEVIATION))
        return (resized - mean) / deviation

    @torch.inference_mode()
    def _read(self, captions: Sequence[str]) -> Tensor:
        plain = [caption.encode("utf-8", "replace").decode() for caption in captions]
        ids = self.tokenizer(plain, padding=True, truncation=True, max_length=self.most, return_tensors="pt")
        return _vectors(self.model.get_text_features(**{name: ids[name] for name in ("input_ids", "attention_mask")}))

    def _joined(self, parts: list[Tensor]) -> NDArray[np.float32]:
        return np.concatenate([np.zeros((0, self.about["dim"]), np.float32), *(part.numpy() for part in parts)])


def _vectors(found: Any) -> Tensor:
    """Of length 1; newer versions of transformers give the vectors in an object."""
    return F.normalize(found if isinstance(found, Tensor) else found.pooler_output, dim=-1)
