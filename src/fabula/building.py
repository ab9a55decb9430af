"""From a recipe to a model: every slot built from its catalogue, checked, and completed with its defaults."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import torch

from fabula import recipe as recipes
from fabula.autoencoder import SLOTS, Autoencoder, CodecLearner
from fabula.decoders import CAPTION_DECODERS, IMAGE_DECODERS, Unconditional
from fabula.encoders import IMAGE_ENCODERS, TEXT_ENCODERS
from fabula.errors import FabulaError
from fabula.fusion import FUSIONS
from fabula.losses import LOSSES
from fabula.losses.parts import missing
from fabula.model import StoryModel
from fabula.spec import Spec, build, complete
from fabula.story import Size
from fabula.temporal import TEMPORALS
from fabula.types import Vocabulary

CATALOGUES: dict[str, Mapping[str, Any]] = {
    "image_encoder": IMAGE_ENCODERS,
    "text_encoder": TEXT_ENCODERS,
    "fusion": FUSIONS,
    "temporal": TEMPORALS,
    "image_decoder": IMAGE_DECODERS,
    "caption_decoder": CAPTION_DECODERS,
    "note_encoder": TEXT_ENCODERS,
}
Learner = StoryModel | Autoencoder | CodecLearner  # what a run may train


def build_learner(recipe: recipes.Recipe, vocabulary: Vocabulary) -> Learner:
    """What the recipe's stage trains, with fresh weights from torch's global generator."""
    slots = {slot: _slot_of(recipe, slot, vocabulary) for slot in slots_of(recipe.stage)}
    return _learner(recipe, slots, vocabulary)


def build_model(recipe: recipes.Model, size: Size, vocabulary: Vocabulary) -> StoryModel:
    """The model that a recipe describes, with fresh weights from torch's global generator."""
    slots = {slot: _build_slot(recipe, slot, size, vocabulary) for slot in CATALOGUES}
    return _story_model(recipe, slots, vocabulary)


def build_unconditional(recipe: recipes.Model, vocabulary: Vocabulary) -> Unconditional:
    """The recipe's caption decoder as a language model that is told nothing."""
    decoder = _build_slot(recipe, "caption_decoder", Size(1, 1), vocabulary)
    if decoder is None:
        raise FabulaError("model.caption_decoder: this model writes no captions; an unconditional writer needs one")
    return Unconditional(decoder, recipe.dim, vocabulary)


def complete_model(recipe: recipes.Model) -> recipes.Model:
    """The model section with every default of every component written out: what a bundle keeps."""
    slots = {slot: getattr(recipe, slot) for slot in CATALOGUES}
    return replace(recipe, **{slot: complete(CATALOGUES[slot], spec) for slot, spec in slots.items() if spec})


def complete_losses(losses: Mapping[str, recipes.Loss]) -> dict[str, recipes.Loss]:
    """The losses section with every default written out."""
    return {name: replace(loss, use=complete(LOSSES, loss.use)) for name, loss in losses.items()}


def check_model(recipe: recipes.Recipe) -> None:
    """Try every component and loss, without memory for their weights. FabulaError holds all problems, one a line."""
    vocabulary, problems = Vocabulary(recipe.data.vocabulary, 0, 1, 2), _quarrels(recipe)
    with torch.device("meta"):
        slots = {slot: _tried(problems, _slot_of, recipe, slot, vocabulary) for slot in slots_of(recipe.stage)}
        losses = {name: _tried(problems, _build_loss, loss) for name, loss in recipe.losses.items()}
        if not problems:
            offers = _learner(recipe, slots, vocabulary).offers
            wanting = ((name, need) for name, loss in losses.items() for need in loss.needs if need not in offers)
            problems = [f"losses.{name}: {missing(need)}" for name, need in wanting]
    if problems:
        raise FabulaError("\n".join(problems))


def slots_of(stage: str) -> tuple[str, ...]:
    """The slots of a model that a stage trains."""
    return tuple(CATALOGUES) if stage == "story" else SLOTS[stage]


def _quarrels(recipe: recipes.Recipe) -> list[str]:
    """What is wrong between sections that are right by themselves."""
    model, data, problems = recipe.model, recipe.data, []
    if recipe.stage == "story" and data.context == 0:
        problems.append("data.context: 0 frames are known; a story needs 1 at least")
    if recipe.stage == "story" and (model.note_encoder is None) != (data.notes == "none"):
        problems.append(f"model.note_encoder and data.notes go together; data.notes is {data.notes!r}")
    absent = [slot for slot in SLOTS.get(recipe.stage, ()) if getattr(model, slot) is None]
    return problems + [f"model.{slot}: missing; the stage {recipe.stage!r} trains it" for slot in absent]


def _learner(recipe: recipes.Recipe, slots: Mapping[str, Any], vocabulary: Vocabulary) -> Learner:
    if recipe.stage == "story":
        return _story_model(recipe.model, slots, vocabulary)
    kind = CodecLearner if recipe.stage == "codec" else Autoencoder
    return kind(*slots.values(), vocabulary)


def _story_model(recipe: recipes.Model, slots: Mapping[str, Any], vocabulary: Vocabulary) -> StoryModel:
    model = StoryModel(**slots, vocabulary=vocabulary, notes_in=recipe.notes_in)
    model.freeze(*frozen(recipe, tuple(slots)))
    return model


def frozen(recipe: recipes.Model, slots: tuple[str, ...]) -> list[str]:
    """The slots whose weights stay as they are."""
    return [slot for slot in slots if (spec := getattr(recipe, slot)) and spec.frozen]


def _slot_of(recipe: recipes.Recipe, slot: str, vocabulary: Vocabulary) -> Any:
    return _build_slot(recipe.model, slot, recipe.data.picture_size, vocabulary)


def _tried(problems: list[str], make: Callable[..., Any], *given: Any) -> Any:
    try:
        return make(*given)
    except FabulaError as error:
        problems.append(str(error))


def _build_slot(recipe: recipes.Model, slot: str, size: Size, vocabulary: Vocabulary) -> Any:
    spec: Spec | None = getattr(recipe, slot)
    return _placed_build(CATALOGUES[slot], spec, recipe.dim, *_given(slot, size, vocabulary)) if spec else None


def _build_loss(loss: recipes.Loss) -> Any:
    return _placed_build(LOSSES, loss.use)


def _given(slot: str, size: Size, vocabulary: Vocabulary) -> tuple[Any, ...]:
    if slot.startswith("image_"):
        return (size,)
    return (vocabulary,) if slot in ("text_encoder", "caption_decoder", "note_encoder") else ()


def _placed_build(catalogue: Mapping[str, Callable[..., Any]], spec: Spec, *given: Any) -> Any:
    """Build; what a constructor refuses is said with the place in the recipe."""
    try:
        return build(catalogue, spec, *given)
    except ValueError as error:
        said = str(error)
        raise FabulaError(said) if said.startswith(spec.where) else FabulaError(f"{spec.where}: {said}") from error
