"""What a model attends to while it reads: all that passes through a `Seen`, as maps over the context's frames."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from fabula.building import CATALOGUES
from fabula.drawing.maps.placing import Map, Read, placed
from fabula.layers.seen import Seen
from fabula.model import StoryModel
from fabula.types import Frames, Tokens


@dataclass(frozen=True)
class Watched:
    """What passed through one `Seen`, the last time that anything did."""

    axes: str
    values: Tensor


@contextmanager
def watching(model: nn.Module) -> Iterator[dict[str, Watched]]:
    """What passes through every `Seen` of a model while the context lasts, by the module's name; nobody looks after."""
    seen: dict[str, Watched] = {}

    def hook(name: str, module: Seen):
        def note(_: nn.Module, __: object, values: Tensor) -> None:
            seen[name] = Watched(module.axes, values.detach().float().cpu())

        return module.register_forward_hook(note)

    hooks = [hook(name, module) for name, module in model.named_modules() if isinstance(module, Seen)]
    try:
        yield seen
    finally:
        for each in hooks:
            each.remove()


@torch.no_grad()
def look(model: StoryModel, context: Frames, told: Tensor | None = None) -> dict[str, Map]:
    """The maps of what a model reads in evaluation mode, by the name of the module that weighs. Empty: it has none.

    With the captions that it told, ids (B, L), also what it read while it wrote them: a word sees the words before it,
    so one pass weighs as the writing did, word by word.
    """
    if not any(isinstance(module, Seen) for module in model.modules()):
        return {}
    training = model.training
    model.eval()
    try:
        with watching(model) as seen, _reading(model, context) as read:
            memory = model.remember(context)
            if model.caption_decoder and told is not None:
                model.caption_decoder(memory, told)
                read["written"] = (told != model.vocabulary.pad).cpu()
    finally:
        model.train(training)
    found = ((name, placed(name, each.axes, each.values, Read(**read))) for name, each in seen.items())
    return {name.removesuffix(".seen"): each for name, each in found if each}


def place_of(model: nn.Module, name: str) -> str:
    """`fusion.attend` -> `fusion cross_attention, attend`: a module's slot, the kind that fills it, the way inside."""
    slot, _, inside = name.partition(".")
    kinds = {make: kind for kind, make in CATALOGUES.get(slot, {}).items()}
    filling = type(getattr(model, slot))
    words = f"{slot.replace('_', ' ')} {kinds.get(filling, filling.__name__)}"
    return f"{words}, {inside.replace('_', ' ')}" if inside else words


@contextmanager
def _reading(model: StoryModel, context: Frames) -> Iterator[dict]:
    """Which tokens the model reads of these frames, known once it has remembered them: the fields of a `Read`."""
    read: dict = {
        "present": context.present.cpu(),
        "length": context.captions.shape[-1],
        "grid": model.image_encoder.grid,
        "gives": model.temporal.gives,
    }

    def note_words(_: nn.Module, __: object, words: Tokens) -> None:
        read["words"] = words.mask.cpu()

    def note_fusion(_: nn.Module, given: tuple[Tokens, Tokens], fused: Tokens) -> None:
        read["picture"], read["heard"] = (side.mask.cpu() for side in given)
        read["fused"] = fused.mask.cpu()

    hooks = (model.text_encoder.register_forward_hook(note_words), model.fusion.register_forward_hook(note_fusion))
    try:
        yield read
    finally:
        for each in hooks:
            each.remove()
