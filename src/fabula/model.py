"""The story model: encode each frame, remember the frames, decode the next one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fabula import recipe as recipes
from fabula.decoders import CAPTION_DECODERS, IMAGE_DECODERS, Unconditional
from fabula.encoders import IMAGE_ENCODERS, TEXT_ENCODERS
from fabula.errors import FabulaError
from fabula.fusion import FUSIONS
from fabula.losses import LOSSES
from fabula.losses.parts import missing
from fabula.roles import CaptionDecoder, Fusion, ImageDecoder, ImageEncoder, Temporal, TextEncoder
from fabula.spec import Spec, build, complete
from fabula.story import Size
from fabula.temporal import TEMPORALS
from fabula.types import Frames, Memory, StoryBatch, StoryOutput, Tokens, Vocabulary

CATALOGUES: dict[str, Mapping[str, Any]] = {
    "image_encoder": IMAGE_ENCODERS,
    "text_encoder": TEXT_ENCODERS,
    "fusion": FUSIONS,
    "temporal": TEMPORALS,
    "image_decoder": IMAGE_DECODERS,
    "caption_decoder": CAPTION_DECODERS,
}


class StoryModel(nn.Module):
    """Paints, writes, or both: a decoder may be absent."""

    def __init__(
        self,
        image_encoder: ImageEncoder,
        text_encoder: TextEncoder,
        fusion: Fusion,
        temporal: Temporal,
        image_decoder: ImageDecoder | None,
        caption_decoder: CaptionDecoder | None,
        vocabulary: Vocabulary,
    ):
        super().__init__()
        self.image_encoder = image_encoder
        self.text_encoder = text_encoder
        self.fusion = fusion
        self.temporal = temporal
        self.image_decoder = image_decoder
        self.caption_decoder = caption_decoder
        self.vocabulary = vocabulary

    def forward(self, batch: StoryBatch) -> StoryOutput:
        """One training pass: what each decoder said, beside what it should have said."""
        memory = self.remember(batch.context)
        image = self.image_decoder(memory, batch.target.images[:, 0]) if self.image_decoder else None
        caption = self.caption_decoder(memory, batch.target.captions[:, 0]) if self.caption_decoder else None
        terms = {name: term for said in (image, caption) if said for name, term in said.beside.items()}
        return StoryOutput(image, caption, memory, terms)

    def remember(self, context: Frames) -> Memory:
        """All that the model knows of the story so far. The target cannot reach this method."""
        context = self._present_only(context)
        frames = self.fusion(*self._encode(context))
        by_story = Tokens(*(part.unflatten(0, context.present.shape) for part in frames))  # (B, K, F, D)
        return Memory(self.temporal(by_story._replace(mask=by_story.mask & context.present[..., None])), context)

    def similarity(self, context: Frames) -> Tensor:
        """Cosine of the picture's and the caption's encoding of each present frame, (N,) in [-1, 1].

        Both are the mean of their tokens. Only a loss that brings the two together gives it a meaning; without one,
        compare it with the value for shuffled pairs.
        """
        image, text = self._encode(self._present_only(context))
        return F.cosine_similarity(image.mean(), text.mean(), dim=-1)[context.present.flatten()]

    @property
    def offers(self) -> tuple[str, ...]:
        """What a loss may ask for: the decoders that there are, and what they offer beside."""
        decoders = {"image": self.image_decoder, "caption": self.caption_decoder}
        return tuple(name for part, decoder in decoders.items() if decoder for name in (part, *decoder.offers))

    def _encode(self, context: Frames) -> tuple[Tokens, Tokens]:
        return self.image_encoder(context.images.flatten(0, 1)), self.text_encoder(context.captions.flatten(0, 1))

    def _present_only(self, context: Frames) -> Frames:
        """The same frames; what stands in absent ones, be it NaN, is grey and without words."""
        grey, pad = context.images.new_zeros(()), self.vocabulary.pad
        images = torch.where(context.present[..., None, None, None], context.images, grey)
        return Frames(images, context.captions.masked_fill(~context.present[..., None], pad), context.present)


def build_model(recipe: recipes.Model, size: Size, vocabulary: Vocabulary) -> StoryModel:
    """The model that a recipe describes, with fresh weights from torch's global generator."""
    slots = {slot: _build_slot(recipe, slot, size, vocabulary) for slot in CATALOGUES}
    return StoryModel(**slots, vocabulary=vocabulary)


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
    size, vocabulary = recipe.data.picture_size, Vocabulary(recipe.data.vocabulary, 0, 1, 2)
    problems: list[str] = []
    with torch.device("meta"):
        slots = {slot: _tried(problems, _build_slot, recipe.model, slot, size, vocabulary) for slot in CATALOGUES}
        losses = {name: _tried(problems, _build_loss, loss) for name, loss in recipe.losses.items()}
    if not problems:
        offers = StoryModel(**slots, vocabulary=vocabulary).offers
        wanting = ((name, need) for name, loss in losses.items() for need in loss.needs if need not in offers)
        problems = [f"losses.{name}: {missing(need)}" for name, need in wanting]
    if problems:
        raise FabulaError("\n".join(problems))


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
    return (vocabulary,) if slot in ("text_encoder", "caption_decoder") else ()


def _placed_build(catalogue: Mapping[str, Callable[..., Any]], spec: Spec, *given: Any) -> Any:
    """Build; what a constructor refuses is said with the place in the recipe."""
    try:
        return build(catalogue, spec, *given)
    except ValueError as error:
        said = str(error)
        raise FabulaError(said) if said.startswith(spec.where) else FabulaError(f"{spec.where}: {said}") from error
