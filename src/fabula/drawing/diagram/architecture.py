"""What a model is made of, read off the model itself: its parts, the shapes that flow between them, its losses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from fabula.building import CATALOGUES, Learner, build_learner, check_model, slots_of
from fabula.data.captions import LEARNED
from fabula.drawing.diagram.probing import invented, read_beside
from fabula.losses import LOSSES
from fabula.recipe import Loss, Recipe
from fabula.spec import Spec, complete
from fabula.tokenizer import Tokenizer
from fabula.types import VECTORS, Memory, Tokens, Vocabulary

TAKES = {
    "image_encoder": "N C H W",
    "text_encoder": "N L",
    "note_encoder": "N M",
    "temporal": "B K F D",
    "image_decoder": "B S D",
    "caption_decoder": "B S D",
}
GIVES = {
    "image_encoder": "N F D",
    "text_encoder": "N F' D",
    "note_encoder": "N F' D",
    "fusion": "N F'' D",
    "temporal": "B S D",
    "image_decoder": "B C H W",
    "caption_decoder": "B L V",
}


class Shape(NamedTuple):
    """Letters of types.py and their numbers, as many of each."""

    letters: str
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Part:
    """One slot of a model: what stands in it, how many weights it has, and how many of them never change.

    The options that the recipe chose come first, then those that are as they are by default.
    """

    slot: str
    spec: Spec
    options: Mapping[str, Any]
    weights: int
    frozen: int


@dataclass(frozen=True)
class Term:
    """One loss, and the slot that it teaches; `encoders` where it compares what the two encoders give."""

    name: str
    loss: Loss
    at: str


@dataclass(frozen=True)
class Architecture:
    """All that is drawn. `beside` is what each decoder reads of the context's frames themselves, beside the state."""

    recipe: Recipe
    parts: Mapping[str, Part]
    takes: Mapping[str, Shape]  # by slot
    gives: Mapping[str, Shape]
    terms: tuple[Term, ...]
    beside: Mapping[str, tuple[str, ...]]  # decoder: pictures, words
    weights: int


def architecture(recipe: Recipe) -> Architecture:
    """Build the recipe's model with fresh weights, and run it once on two stories of made-up frames."""
    if recipe.stage == "story":
        check_model(recipe)
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(0)
        model = build_learner(recipe, _vocabulary(recipe)).eval()
        slots = {slot: part for slot in slots_of(recipe.stage) if (part := getattr(model, slot)) is not None}
        calls = _calls(model, slots, recipe)
        decoders = [slot for slot in slots if slot.endswith("decoder")]
        beside = {slot: _read_beside(slots[slot], calls[slot][0], recipe) for slot in decoders}
    parts = {slot: _part(slot, part, recipe) for slot, part in slots.items()}
    takes = {slot: _shape(TAKES[slot], calls[slot][0][0]) for slot in slots if slot in TAKES}
    gives = {slot: _shape(GIVES[slot], calls[slot][1]) for slot in slots}
    served = {name: loss for name, loss in recipe.losses.items() if set(_needs(loss)) <= set(model.offers)}
    terms = tuple(Term(name, loss, _taught(loss, slots)) for name, loss in served.items())
    return Architecture(recipe, parts, takes, gives, terms, beside, _count(model))


def _vocabulary(recipe: Recipe) -> Vocabulary:
    """Of the recipe's tokenizer; one that is still to be learned is as large as it may be."""
    data = recipe.data
    return (
        Vocabulary(data.vocabulary, 0, 1, 2) if data.tokenizer == LEARNED else Tokenizer.load(data.tokenizer).vocabulary
    )


def _calls(model: Learner, slots: Mapping[str, nn.Module], recipe: Recipe) -> dict[str, tuple[tuple[Any, ...], Any]]:
    """What each slot was given in one pass, and what it gave."""
    calls: dict[str, tuple[tuple[Any, ...], Any]] = {}

    def write_down(slot: str, given: tuple[Any, ...], gave: Any) -> None:
        calls.setdefault(slot, (given, gave))

    hooks = [
        _called(part, recipe).register_forward_hook(lambda _, given, gave, slot=slot: write_down(slot, given, gave))
        for slot, part in slots.items()
    ]
    model(invented(recipe, model.vocabulary), ("caption",))  # a frozen writer is asked only for a loss
    for hook in hooks:
        hook.remove()
    return calls


def _called(part: nn.Module, recipe: Recipe) -> Any:
    """What of a part is asked in training."""
    return part.codec if recipe.stage == "codec" else part


def _read_beside(decoder: nn.Module, given: tuple[Any, ...], recipe: Recipe) -> tuple[str, ...]:
    """A codec is given pictures alone."""
    return () if recipe.stage == "codec" else read_beside(decoder, *given)


def _shape(letters: str, flowing: Any) -> Shape:
    numbers = tuple(_tensor(flowing).shape)
    return Shape(letters if len(letters.split()) == len(numbers) else "", numbers)


def _tensor(flowing: Any) -> Tensor:
    if isinstance(flowing, Memory):
        return flowing.state.values
    if isinstance(flowing, Tokens):
        return flowing.values
    return flowing if isinstance(flowing, Tensor) else flowing.predicted


def _part(slot: str, part: nn.Module, recipe: Recipe) -> Part:
    still = sum(weight.numel() for weight in part.parameters() if not weight.requires_grad)
    spec: Spec = getattr(recipe.model, slot)
    usual = complete(CATALOGUES[slot], Spec(spec.kind)).options
    options = dict(sorted(spec.options.items(), key=lambda option: option[1] == usual.get(option[0])))
    return Part(slot, spec, options, _count(part), still)


def _count(part: nn.Module) -> int:
    return sum(weight.numel() for weight in part.parameters())


def _needs(loss: Loss) -> tuple[str, ...]:
    return LOSSES[loss.use.kind].needs


def _taught(loss: Loss, slots: Mapping[str, Any]) -> str:
    """The decoder that says what the loss needs."""
    needs = _needs(loss)
    if set(needs) & set(VECTORS):
        return "encoders"
    decoders = [slot for slot in slots if slot.endswith("decoder")]
    said = {slot: {slot.split("_")[0], f"{slot.split('_')[0]}_again", *slots[slot].offers} for slot in decoders}
    return next((slot for slot in decoders if set(needs) & said[slot]), decoders[0])
