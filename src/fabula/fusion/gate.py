from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

from fabula.layers.gate import Gate
from fabula.roles import Fusion
from fabula.types import Tokens


class GateFusion(Fusion):
    """A gate decides between the picture v and the words t: z = g v + (1 - g) t with g = sigmoid(W [v; t]).

    v and t are the means of their tokens, L2-normalised. A unit vector of width D has entries of 1 / sqrt(D): the gate
    would hardly leave 1/2, and whoever reads z would hardly hear it. So both are sqrt(D) long, and entries are about 1.
    Where one side is absent the other counts alone. One frame token.
    """

    def __init__(self, dim: int, *, elementwise: bool = True):
        super().__init__()
        self.gate = Gate(dim, elementwise=elementwise)

    def forward(self, image: Tokens, text: Tokens) -> Tokens:
        picture, words = image.mask.any(-1), text.mask.any(-1)  # (N,)
        frame = self.gate(of_one_length(image.mean()), of_one_length(text.mean()), picture, words)
        return Tokens(frame[:, None], (picture | words)[:, None])


def of_one_length(vectors: Tensor) -> Tensor:
    """(N, D) -> (N, D): the same directions, each sqrt(D) long; zeros stay zeros."""
    return F.normalize(vectors, dim=-1) * vectors.shape[-1] ** 0.5
