"""A tower of CLIP (Radford et al. 2021) from a local folder in the format of Hugging Face."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor, nn

from fabula import weights
from fabula.errors import FabulaError

Side = Literal["vision", "text"]
Learning = Literal["frozen", "learning"]
WANTED = "name the folder of a CLIP in the format of Hugging Face, with config.json and model.safetensors"
INSTALL = 'CLIP needs transformers; pip install "fabula[pretrained]"'


class ClipTower(nn.Module):
    """One side of a CLIP. `frozen`: its weights stay as they are, without dropout, while all around it learns.

    The weights are read from the folder. A bundle holds them as well, and is built from config.json alone: without
    model.safetensors the tower is empty, and refuses to read until a bundle has filled it. Only where weights have no
    memory, as in the check of a recipe before training, must the file be there.
    """

    def __init__(self, path: str, side: Side, tower: Learning):
        super().__init__()
        self.folder, self.side, self.learns = _folder(path), side, tower == "learning"
        self.config, self.inner = _built(self.folder, side)
        self.empty = not self.weights_file.is_file()
        if self.empty:
            self._empty()
        elif not self.sketched:
            _fill(self.inner, self.weights_file, f"{side}_model.")
        self.requires_grad_(self.learns)

    @property
    def weights_file(self) -> Path:
        return self.folder / "model.safetensors"

    @property
    def sketched(self) -> bool:
        """Whether the weights are shapes without memory."""
        return next(self.inner.parameters()).is_meta

    def forward(self, inputs: Tensor) -> Tensor:
        """Pictures as CLIP wants them, or ids, -> (N, F, H), normalised as CLIP normalises its summary."""
        if self.empty:
            self._look_again()
        hidden = self.inner(inputs).last_hidden_state
        return self._core.post_layernorm(hidden) if self.side == "vision" else hidden  # the text side does it itself

    def train(self, mode: bool = True) -> ClipTower:
        return super().train(mode and self.learns)

    @property
    def _core(self) -> Any:
        """The tower without the shell that some versions of transformers put around it."""
        return getattr(self.inner, f"{self.side}_model", self.inner)

    @torch.no_grad()
    def _empty(self) -> None:
        if self.sketched:
            raise FabulaError(f"path: {self.weights_file}: no such file; {WANTED}")
        for weight in self.inner.parameters():
            weight.fill_(torch.nan)

    def _look_again(self) -> None:
        self.empty = any(bool(weight.isnan().any()) for weight in self.inner.parameters())
        if self.empty:
            raise FabulaError(f"{self.weights_file}: no such file, and no bundle has filled this tower; put it there")


def _folder(path: str) -> Path:
    if not path:
        raise FabulaError(f"path: missing; {WANTED}")
    if not (Path(path) / "config.json").is_file():
        raise FabulaError(
            f"path: {Path(path) / 'config.json'}: no such file; {WANTED} (a bundle needs config.json alone)"
        )
    return Path(path)


def _built(folder: Path, side: Side) -> tuple[Any, nn.Module]:
    """The configuration of one side, and the side with random weights."""
    _check_kind(folder / "config.json", side)
    try:
        import transformers as hub
    except ImportError as error:
        raise FabulaError(INSTALL) from error
    sides: dict[Side, tuple[Any, Any]] = {
        "vision": (hub.CLIPVisionConfig, hub.CLIPVisionModel),
        "text": (hub.CLIPTextConfig, hub.CLIPTextModel),
    }
    config_of, model_of = sides[side]
    try:
        config = config_of.from_pretrained(folder)
    except Exception as error:  # the library raises whatever it likes for a value that does not fit
        raise FabulaError(f"path: {folder / 'config.json'}: not the configuration of a CLIP: {error}") from error
    return config, model_of(config)


def _check_kind(file: Path, side: Side) -> None:
    try:
        kind = json.loads(file.read_text(encoding="utf-8")).get("model_type")
    except (ValueError, AttributeError) as error:
        raise FabulaError(f"path: {file}: not a configuration ({error}); {WANTED}") from error
    if kind not in ("clip", f"clip_{side}_model"):
        raise FabulaError(f"path: {file}: a model of type {kind!r} and not 'clip'; {WANTED}")


def _fill(inner: nn.Module, file: Path, prefix: str) -> None:
    """Copy one side out of a file that may hold both; FabulaError where something is missing or of another shape."""
    found = {name.removeprefix(prefix): tensor for name, tensor in weights.load_tensors(file)[0].items()}
    own = {name: name.removeprefix(prefix) for name in weights.own_tensors(inner)}
    weights.fill(inner, {name: found[bare] for name, bare in own.items() if bare in found}, file)
