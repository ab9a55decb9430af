"""Weights of the feature network, learned from pictures alone: two views of a picture are brought together.

Instance discrimination as in Chen et al. 2020 (SimCLR), and no autoencoder: what a decoder cannot get right
there, it finds a way to exploit when the network is a loss.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from torch import Generator, Tensor, nn

from fabula import files, weights
from fabula.errors import FabulaError
from fabula.images import to_tensor
from fabula.losses.features import CHANNELS, SEED, Features

VERSION = 1  # changes with everything that decides what is learned
STEPS, BATCH, RATE = 120, 48, 3e-3
SEEN = (0.35, 0.75)  # share of each side that a view shows; it has half the picture's pixels a side
JITTER = 0.3
TEMPERATURE = 0.1
VOICES = 64  # numbers that a view is told by

Pictures = NDArray[np.uint8]


def learned(pictures: Pictures, key: str) -> dict[str, Tensor]:
    """The weights of `Features` for (N, H, W, 3), from the cache where `key` was seen before.

    Errors: FabulaError when the cache cannot be written.
    """
    about = {"pictures": key, "version": str(VERSION), "seed": str(SEED)}
    name = hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()[:16]
    path = files.cache_folder() / "features" / f"{name}.safetensors"
    found = _kept(path, about)
    if found is None:
        found = {name: tensor.detach() for name, tensor in learn(pictures, STEPS).named_parameters()}
        with files.new_file(path) as draft:
            weights.save_tensors(draft, found, about)
    return found


def _kept(path: Path, about: dict[str, str]) -> dict[str, Tensor] | None:
    """None where there is no whole file about the same."""
    try:
        tensors, said = weights.load_tensors(path)
    except FabulaError:
        return None
    return tensors if said == about else None


def learn(pictures: Pictures, steps: int) -> Features:
    """A network that knows each picture (N, H, W, 3) again in other crops, mirrored and in other colours."""
    with _apart():
        chance = torch.Generator().manual_seed(SEED)
        network, head = Features(), _head()
        optimizer = torch.optim.Adam([*network.parameters(), *head.parameters()], RATE)
        for _ in _counted(steps):
            images = to_tensor(pictures[_some(len(pictures), chance)])
            one, other = (head(network(view(images, chance))[-1].mean((2, 3))) for _ in range(2))
            optimizer.zero_grad()
            contrast(one, other).backward()
            optimizer.step()
    return network


@contextmanager
def _apart() -> Iterator[None]:
    """One thread, and dice of its own: the bytes do not hang on the run, nor the run on whether they were kept."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(SEED)
            yield
    finally:
        torch.set_num_threads(threads)


def _counted(steps: int) -> Iterable[int]:
    """With a bar on the error stream; nothing where that is no terminal."""
    console = Console(stderr=True)
    doing = "learning picture features"
    return track(range(steps), doing, console=console, transient=True, disable=not console.is_terminal)


def _head() -> nn.Sequential:
    """What only learning needs (Chen et al. 2020, section 4.2)."""
    return nn.Sequential(nn.Linear(CHANNELS[-1], CHANNELS[-1]), nn.ReLU(), nn.Linear(CHANNELS[-1], VOICES))


def _some(count: int, chance: Generator) -> NDArray[np.int64]:
    """Up to a batch of different rows, in the order of the file."""
    return torch.randperm(count, generator=chance)[:BATCH].sort().values.numpy()


def view(images: Tensor, chance: Generator) -> Tensor:
    """(N, 3, H, W) in [-1, 1] -> (N, 3, h, w), half the sides: a crop, mirrored or not, in other colours."""
    share, right, below, mirror = torch.rand(4, len(images), generator=chance)
    share = SEEN[0] + (SEEN[1] - SEEN[0]) * share
    across = share * (mirror < 0.5).float().mul(2).sub(1)
    rows = [across, 0 * share, (1 - share) * (2 * right - 1), 0 * share, share, (1 - share) * (2 * below - 1)]
    halves = [max(1, side // 2) for side in images.shape[2:]]
    grid = F.affine_grid(torch.stack(rows, 1).view(-1, 2, 3), [len(images), 3, *halves], align_corners=False)
    return _recoloured(F.grid_sample(images, grid, padding_mode="border", align_corners=False), chance)


def _recoloured(images: Tensor, chance: Generator) -> Tensor:
    """Each colour brighter or darker, stronger or weaker on its own."""
    gain, shift = 2 * torch.rand(2, len(images), 3, 1, 1, generator=chance) - 1
    return (images * (1 + JITTER * gain) + JITTER * shift).clamp(-1, 1)


def contrast(one: Tensor, other: Tensor) -> Tensor:
    """Of 2N views (N, D) twice, the nats it costs to find each one's partner: NT-Xent, Chen et al. 2020, equation 1."""
    voices = F.normalize(torch.cat([one, other]), dim=1)
    alike = (voices @ voices.T / TEMPERATURE).fill_diagonal_(-torch.inf)
    return F.cross_entropy(alike, torch.arange(len(voices)).roll(len(one)))
