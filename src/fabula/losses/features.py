"""A small network that sees a picture at four depths, and how a network's weights are kept from learning."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TypeVar

import torch
from torch import Tensor, nn

CHANNELS = (3, 16, 32, 64, 96)
SEED = 0

Network = TypeVar("Network", bound=nn.Module)


class Features(nn.Module):
    """(N, 3, H, W) in [-1, 1] -> four maps (N, C, h, w): the first of all pixels, each next of half the sides.

    Its first weights are always the same, and drawing them moves no other dice. Halving is by the mean of four
    pixels and not by strides, whose gradients draw a chequerboard (Odena et al. 2016). Each map is normalised as one
    group: in small groups a flat picture has hardly any variance to divide by, and gradients there were 30 times as
    long as at a true one.
    """

    def __init__(self):
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(SEED)
            self.stages = nn.ModuleList(_stage(*pair) for pair in pairwise(CHANNELS))
        self.halve = nn.AvgPool2d(2, ceil_mode=True)

    def forward(self, images: Tensor) -> list[Tensor]:
        maps = [self.stages[0](images)]
        for stage in self.stages[1:]:
            maps.append(stage(self.halve(maps[-1])))
        return maps


def _stage(above: int, below: int) -> nn.Sequential:
    conv = nn.Conv2d(above, below, 3, padding=1)
    nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
    return nn.Sequential(conv, nn.GroupNorm(1, below), nn.ReLU())


def fixed(network: Network) -> Network:
    """The same network with buffers for weights: they never learn, and no checkpoint holds them."""
    for module in network.modules():
        for name, weight in list(module.named_parameters(recurse=False)):
            delattr(module, name)
            module.register_buffer(name, weight.detach(), persistent=False)
    return network.eval()


@torch.no_grad()
def fill_fixed(network: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    """Copy weights into a fixed network. KeyError where one is missing."""
    for name, buffer in network.named_buffers():
        buffer.copy_(tensors[name])
