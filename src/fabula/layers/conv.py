"""Stacks of convolutions that halve or double a map at every stage."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import prod, sqrt
from typing import Literal

from torch import nn

Norm = Literal["group", "none"]
Activation = Literal["leaky_relu", "gelu", "relu"]
Finish = Callable[[int], nn.Module]  # what follows a convolution that gives so many channels


def finishing(norm: Norm, groups: int, activation: Activation, slope: float) -> Finish:
    """Normalisation and activation after a convolution."""
    return lambda channels: nn.Sequential(normalising(norm, channels, groups), _activation(activation, slope))


def halving(channels: Sequence[int], finish: Finish) -> nn.Sequential:
    """(N, channels[0], H, W) -> (N, channels[-1], h, w): each stage halves both sides, rounded up."""
    stages = [
        nn.Sequential(nn.Conv2d(above, below, 3, stride=2, padding=1), finish(below))
        for above, below in pairwise(channels)
    ]
    return initialised(nn.Sequential(*stages))


def doubling(channels: Sequence[int], finish: Finish, *, last: int, joined: int = 1) -> nn.Sequential:
    """(N, channels[0], h, w) -> (N, last, H, W): each stage doubles both sides; the last is bare, and begins near 0.

    With `joined` every stage reads so many maps of its channels, one after the other.
    """
    stages = [
        nn.Sequential(nn.ConvTranspose2d(joined * below, above, 4, stride=2, padding=1), finish(above))
        for below, above in pairwise(channels)
    ]
    bare = nn.ConvTranspose2d(joined * channels[-1], last, 4, stride=2, padding=1)
    stack = initialised(nn.Sequential(*stages, bare))
    bare.weight.data.mul_(0.1)
    return stack


def halved(side: int, stages: int) -> int:
    """What is left of a side after so many halvings, each rounded up."""
    return -(-side // 2**stages)


def initialised(stack: nn.Sequential) -> nn.Sequential:
    """He et al. 2015 for rectified units; a transposed kernel of stride 2 reaches a quarter of its taps at a time."""
    for layer in stack.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            reach = prod(layer.kernel_size) / (prod(layer.stride) if isinstance(layer, nn.ConvTranspose2d) else 1)
            nn.init.normal_(layer.weight, std=sqrt(2 / (layer.in_channels * reach)))
            nn.init.zeros_(layer.bias) if layer.bias is not None else None
    return stack


def normalising(kind: Norm, channels: int, groups: int) -> nn.Module:
    """Normalisation over groups of channels (Wu and He 2018), or none. ValueError where the groups do not fit."""
    if kind == "none":
        return nn.Identity()
    if channels % groups:
        raise ValueError(f"channels: {channels} cannot be split into {groups} groups; use a multiple, or norm: none")
    return nn.GroupNorm(groups, channels)


def _activation(kind: Activation, slope: float) -> nn.Module:
    return {"leaky_relu": nn.LeakyReLU(slope), "gelu": nn.GELU(), "relu": nn.ReLU()}[kind]
