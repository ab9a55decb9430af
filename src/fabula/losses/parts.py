"""What a loss asks of the model's output; what is not there is said by name."""

from __future__ import annotations

from typing import Literal

from torch import Tensor

from fabula.errors import FabulaError
from fabula.types import Compared, StoryOutput

MISSING = {
    "image": "a picture, but the model has no image_decoder",
    "caption": "a caption, but the model has no caption_decoder",
    "image_again": "a picture told of itself, but the model has no image_decoder",
    "caption_again": "a caption told of itself, but the model has no caption_decoder",
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


def term(output: StoryOutput, name: str) -> Tensor:
    """What a decoder offered by this name."""
    if name not in output.terms:
        raise FabulaError(missing(name))
    return output.terms[name]
