"""VGG16 as a feature network, from a file of its weights; nothing is downloaded and nothing unpickled."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import torch
from torch import Tensor, nn

from fabula import weights
from fabula.errors import FabulaError
from fabula.losses.features import fill_fixed, fixed

BLOCKS = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512))  # Simonyan and Zisserman 2015, configuration D
ENDS = (0, 4, 9, 16, 23)  # a slice of `features` ends at relu1_2, relu2_2, relu3_3, relu4_3 (Johnson et al. 2016)
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet, colours in [0, 1]
SMALLEST = 8  # pixels a side: three times halved
CONVERT = (
    "import torch; from safetensors.torch import save_file; w = torch.load('vgg16.pth', weights_only=True); "
    "save_file({n: t for n, t in w.items() if n.startswith('features.')}, 'vgg16.safetensors')"
)


class VGG16(nn.Module):
    """(N, 3, H, W) in [-1, 1] -> four maps (N, C, h, w). Layers are named as torchvision names them."""

    mean: Tensor
    deviation: Tensor

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(*_layers())
        self.register_buffer("mean", torch.tensor(MEAN).view(3, 1, 1), persistent=False)
        self.register_buffer("deviation", torch.tensor(DEVIATION).view(3, 1, 1), persistent=False)

    def forward(self, images: Tensor) -> list[Tensor]:
        seen, maps = ((images + 1) / 2 - self.mean) / self.deviation, []
        for start, end in pairwise(ENDS):
            seen = self.features[start:end](seen)
            maps.append(seen)
        return maps


def _layers() -> list[nn.Module]:
    layers, above = [], 3
    for number, block in enumerate(BLOCKS):
        layers += [nn.MaxPool2d(2)] if number else []
        for below in block:
            layers += [nn.Conv2d(above, below, 3, padding=1), nn.ReLU()]
            above = below
    return layers


def open_vgg16(path: Path) -> VGG16:
    """The network with the weights of a safetensors file; on the meta device the file is not read.

    Errors: ValueError where it is absent or of another format, FabulaError where it is broken or of another network.
    """
    check(path)
    network = fixed(VGG16())
    if network.mean.is_meta:
        return network
    found = weights.load_tensors(path)[0]
    own = {name: tensor for name, tensor in network.named_buffers() if name.startswith("features.")}
    if wrong := [name for name in own if name not in found or found[name].shape != own[name].shape]:
        raise FabulaError(f"{path}: these weights are not VGG16's: {wrong[0]} is missing or has another shape")
    fill_fixed(network, dict(network.named_buffers()) | {name: found[name] for name in own})
    return network


def check(path: Path) -> None:
    """ValueError unless this can be a file of weights."""
    if path.suffix != ".safetensors":
        raise ValueError(f"features: {path} is no .safetensors file, and pickles are not read; convert it: {CONVERT}")
    if not path.is_file():
        raise ValueError(f"features: {path}: no such file; give the weights of VGG16, or 'learned'")


def check_size(height: int, width: int) -> None:
    """FabulaError where a picture is too small to be halved three times."""
    if min(height, width) < SMALLEST:
        too_small = f"data.picture_size: {height}x{width} is too small for the features of VGG16"
        raise FabulaError(f"{too_small}; {SMALLEST} pixels a side are the least")
