from __future__ import annotations

from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from fabula.losses.parts import part
from fabula.roles import Loss
from fabula.types import StoryBatch, StoryOutput

RISE = ((-1.0, 0.0, 1.0), (-2.0, 0.0, 2.0), (-1.0, 0.0, 1.0))  # a slope of 1 a pixel gives 8
FLAT = 1e-6  # the root has no slope at 0


class Edge(Loss):
    """Mean absolute difference of the edges of two pictures in [-1, 1].

    `magnitude` compares how steep each pixel of each colour is, `axes` how steep across and down, so that the
    direction counts too. Steepness is Sobel's: Sobel and Feldman 1968; Duda and Hart 1973, page 271.
    """

    needs = ("image",)
    across: Tensor

    def __init__(self, *, form: Literal["magnitude", "axes"] = "magnitude"):
        super().__init__()
        self.form = form
        self.register_buffer("across", torch.tensor(RISE), persistent=False)

    def forward(self, output: StoryOutput, batch: StoryBatch) -> Tensor:
        picture = part(output, "image")
        predicted, expected = (slopes(images, self.across) for images in (picture.predicted, picture.expected))
        if self.form == "magnitude":
            predicted, expected = magnitude(predicted), magnitude(expected)
        return F.l1_loss(predicted, expected)


def slopes(images: Tensor, across: Tensor) -> Tensor:
    """(N, C, H, W) -> (N, C, 2, H, W): across and down. Borders are repeated, so that they are no edges."""
    kernels = torch.stack([across, across.T])[:, None].to(images.dtype)  # (2, 1, 3, 3)
    framed = _framed(_framed(images, 2), 3).flatten(0, 1)[:, None]
    return F.conv2d(framed, kernels).unflatten(0, images.shape[:2])


def _framed(images: Tensor, dim: int) -> Tensor:
    """One more row or column at either end; F.pad adds its gradients in no fixed order on CUDA."""
    return torch.cat([images.narrow(dim, 0, 1), images, images.narrow(dim, -1, 1)], dim)


def magnitude(slopes: Tensor) -> Tensor:
    """(N, C, 2, H, W) -> (N, C, H, W). Where it is flat the gradient is zero, and nowhere is it steeper than 1."""
    across, down = slopes.unbind(2)
    return (across.square() + down.square()).clamp(min=FLAT**2).sqrt()
