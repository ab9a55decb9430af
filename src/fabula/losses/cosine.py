from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

from fabula.losses.parts import pairs
from fabula.roles import Loss
from fabula.types import VECTORS, StoryBatch, StoryOutput


class Cosine(Loss):
    """Mean of 1 - cos(picture, caption) over the present frames of the context, in [0, 2].

    Two encoders that give one and the same vector for everything satisfy it perfectly and say nothing. With `centred`
    the mean picture and the mean caption of the batch are taken away first: only what sets a frame apart from the
    others counts. A batch with one frame then has nothing to say, and costs nothing.
    """

    needs = VECTORS

    def __init__(self, *, centred: bool = False):
        super().__init__()
        self.centred = centred

    def forward(self, output: StoryOutput, batch: StoryBatch) -> Tensor:
        pictures, texts = pairs(output)  # (N, D)
        apart = 1 - F.cosine_similarity(self._seen(pictures), self._seen(texts), dim=-1)
        enough = len(apart) > int(self.centred)
        return (apart * enough).sum() / max(1, len(apart))

    def _seen(self, vectors: Tensor) -> Tensor:
        return vectors - vectors.mean(0) if self.centred else vectors
