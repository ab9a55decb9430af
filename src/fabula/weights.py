"""Tensors in safetensors files, both ways; a module's weights, each kept once. Nothing is ever unpickled."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Collection, Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from fabula.errors import FabulaError
from fabula.files import said

ABOUT = "about"  # the one key of a file's metadata: safetensors writes several in an order that changes
NAMED = 3  # so many tensors are named in a sentence


def save_tensors(
    path: Path, tensors: Mapping[str, Tensor], about: Mapping[str, str], *, halved: Collection[str] = ()
) -> None:
    """One file; equal tensors give equal bytes. Those named in `halved` are kept in bfloat16, in half the room."""
    kept = {name: tensor.bfloat16() if name in halved else tensor for name, tensor in tensors.items()}
    whole = {name: tensor.detach().cpu().contiguous() for name, tensor in kept.items()}
    with said("write", path):
        try:
            save_file(whole, path, metadata={ABOUT: json.dumps(dict(about), sort_keys=True)})
        except SafetensorError as error:
            raise _as_refused(error) from error


def _as_refused(error: SafetensorError) -> OSError:
    """What the disk said, through the words of the library."""
    for number in (errno.ENOSPC, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EDQUOT):
        if f"os error {number}" in str(error) or os.strerror(number) in str(error):
            return OSError(number, os.strerror(number))
    return OSError(errno.EIO, str(error))


def load_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """The tensors of a file and what it says about itself. FabulaError where it is absent, cut short or foreign."""
    if not path.is_file():
        raise FabulaError(f"{path}: no such file")
    with said("read", path):
        try:
            with safe_open(path, framework="pt") as file:
                tensors = {name: file.get_tensor(name).clone() for name in file.keys()}  # noqa: SIM118
                return tensors, _about(file.metadata() or {})
        except SafetensorError as error:
            raise FabulaError(f"{path}: not a whole safetensors file ({error}); copy it again") from error


def _about(metadata: Mapping[str, str]) -> dict[str, str]:
    """What `save_tensors` was told; nothing where another program wrote the file."""
    try:
        about = json.loads(metadata.get(ABOUT, "{}"))
    except json.JSONDecodeError:
        return {}
    return about if isinstance(about, dict) else {}


def own_tensors(module: nn.Module) -> dict[str, Tensor]:
    """The state of a module; of tensors that share their memory only the first."""
    kept: dict[str, Tensor] = {}
    seen: set[tuple[object, ...]] = set()
    for name, tensor in module.state_dict().items():
        key = (tensor.device, tensor.data_ptr(), tensor.shape, tensor.stride())
        if tensor.numel() == 0 or key not in seen:
            kept[name] = tensor
            seen.add(key)
    return kept


def learned(module: nn.Module) -> set[str]:
    """The names in `own_tensors` of what is learned, and no buffer: counts, tables and statistics stay exact."""
    named = module.named_parameters(remove_duplicate=False)
    return {name for name, parameter in named if parameter.is_floating_point()}


@torch.no_grad()
def fill(module: nn.Module, tensors: Mapping[str, Tensor], where: Path) -> None:
    """Copy tensors into the module they were saved from, whatever precision they were kept in.

    Errors: FabulaError where names, shapes or kinds do not fit, or a weight is no number.
    """
    _make_room(module, tensors)
    own = own_tensors(module)
    if wrong := _misfits(own, tensors):
        more = f" and {len(wrong) - NAMED} more" if len(wrong) > NAMED else ""
        raise FabulaError(f"{where}: these weights are of another model: {'; '.join(wrong[:NAMED])}{more}")
    for name, tensor in own.items():
        if not tensors[name].isfinite().all():
            raise FabulaError(f"{where}: {name} holds what is no number; take an earlier checkpoint, or train again")
        tensor.copy_(tensors[name])


def _make_room(module: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    """Parts that hold as much as they were given to learn from grow or shrink to what will come."""
    for name, part in module.named_modules():
        if make_room := getattr(part, "make_room", None):
            make_room(tensors, f"{name}." if name else "")


def _misfits(own: Mapping[str, Tensor], found: Mapping[str, Tensor]) -> list[str]:
    wrong = [f"{name} is missing" for name in own if name not in found]
    wrong += [f"{name} is not part of the model" for name in found if name not in own]
    both = [name for name in own if name in found and own[name].shape != found[name].shape]
    wrong += [f"{name} is {list(found[name].shape)} and not {list(own[name].shape)}" for name in both]
    kinds = [name for name in own if name in found and own[name].is_floating_point() != found[name].is_floating_point()]
    return wrong + [f"{name} is of {found[name].dtype} and not of {own[name].dtype}" for name in kinds]
