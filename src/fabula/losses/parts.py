"""What a loss asks of the model's output; what is not there is said by name."""

from __future__ import annotations

from typing import Literal

from torch import Tensor

from fabula.errors import FabulaError
from fabula.types import VECTORS, Compared, StoryOutput

MISSING = {
    "image": "a picture, but the model has no image_decoder",
    "caption": "a caption, but the model has no caption_decoder",
    "image_again": "a picture told of itself beside the next one: a story model with an image_decoder",
    "caption_again": "a caption told of itself beside the next one: a story model with a caption_decoder",
    **dict.fromkeys(VECTORS, "the vectors of pictures beside those of captions: a story model, which reads both"),
}


def missing(name: str) -> str:
    """The sentence about a part that no decoder gives."""
    return "this loss needs " + MISSING.get(name, f"{name!r}, but nothing in this model offers it")


def part(output: StoryOutput, name: Literal["image", "caption"]) -> Compared:
    """What was predicted beside what was expected."""
    found = getattr(output, name)
    if found is None:
        raise FabulaError(missing(name))
    return found


def again(output: StoryOutput, name: Literal["image", "caption"]) -> Compared:
    """The newest frame told of itself, beside the frame."""
    if name not in output.again:
        raise FabulaError(missing(f"{name}_again"))
    return output.again[name]


def pairs(output: StoryOutput) -> tuple[Tensor, Tensor]:
    """The vectors of the picture and of the caption of each present frame of the context, (N, D) each."""
    there = output.memory.context.present
    pictures, texts = (term(output, name)[there] for name in VECTORS)
    return pictures, texts


def term(output: StoryOutput, name: str) -> Tensor:
    """What a decoder offered by this name."""
    if name not in output.terms:
        raise FabulaError(missing(name))
    return output.terms[name]
