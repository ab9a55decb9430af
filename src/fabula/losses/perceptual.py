from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import torch.nn.functional as F
from numpy.typing import NDArray
from pydantic import Field
from torch import Tensor

from fabula.losses.feature_learning import learned
from fabula.losses.features import Features, fill_fixed, fixed
from fabula.losses.parts import part
from fabula.losses.vgg import check_size, open_vgg16
from fabula.roles import Loss
from fabula.types import StoryBatch, StoryOutput

Weight = Annotated[float, Field(ge=0)]
Slices = tuple[Weight, Weight, Weight, Weight]
LEARNED = "learned"


class Perceptual(Loss):
    """How differently a fixed network sees two pictures in [-1, 1], at four depths (Johnson et al. 2016, section 3.2).

    `slices` weighs the depths. `features` is `learned`, a small network that is learned from the train pictures when
    a run starts and kept in the cache; or the path of VGG16's weights, which takes an accelerator: on a processor it
    costs ten times what a small model does. Until `prepare` was called, the small network has its first weights, which
    are always the same: still a distance, but one that knows no pictures. Its weights never learn here, and no
    checkpoint holds them. Evaluation measures with other means.

    The depths are compared by plain mean squares: the small network's maps are normalised in themselves, and vectors
    of unit length (Zhang et al. 2018) ranked changed pictures, other frames and other stories no better.
    """

    needs = ("image",)

    def __init__(self, *, slices: Slices = (0.1, 0.2, 0.3, 0.4), features: str = LEARNED):
        super().__init__()
        if not any(slices):
            raise ValueError("slices: all four are 0; give one of them a weight")
        self.slices, self.features = slices, features
        self.network = fixed(Features()) if features == LEARNED else open_vgg16(Path(features))

    def prepare(self, pictures: NDArray[np.uint8], key: str) -> None:
        if self.features == LEARNED:
            fill_fixed(self.network, learned(pictures, key))
        else:
            check_size(*pictures.shape[1:3])

    def forward(self, output: StoryOutput, batch: StoryBatch) -> Tensor:
        picture = part(output, "image")
        pairs = zip(self.network(picture.predicted), self.network(picture.expected.detach()), strict=True)
        apart = [F.mse_loss(predicted, expected) for predicted, expected in pairs]
        return sum((weight * each for weight, each in zip(self.slices, apart, strict=True)), apart[0].new_zeros(()))

    def train(self, mode: bool = True) -> Perceptual:
        super().train(mode)
        self.network.eval()
        return self
