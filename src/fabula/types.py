"""What flows through a model.

Letters used in shapes: B stories, K context frames, L caption tokens, C H W picture,
F tokens of one frame, S tokens of a state, M tokens of a note, D model width, V vocabulary. N = B * K.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import torch
from torch import Tensor

VECTORS = ("picture_vectors", "text_vectors")  # what a story model names each frame's two encodings


class Vocabulary(NamedTuple):
    """How many tokens there are, and which of them are special."""

    size: int
    pad: int
    begin: int
    end: int


@dataclass(frozen=True)
class Frames:
    """K frames of each of B stories, oldest first; absent frames stand at the end."""

    images: Tensor  # (B, K, C, H, W) in [-1, 1]
    captions: Tensor  # (B, K, L) token ids: the words, the end token, padding
    present: Tensor  # (B, K) bool, False where a story is shorter
    notes: Tensor | None = None  # (B, K, M) ids of a third text on each frame; all padding where a frame has none
    same: Tensor | None = None  # (B, K) equal frames have equal numbers from 0 on: in telling, one of each is encoded

    def to(self, device: torch.device | str) -> Frames:
        notes, same = (None if part is None else part.to(device) for part in (self.notes, self.same))
        return Frames(self.images.to(device), self.captions.to(device), self.present.to(device), notes, same)

    def at(self, rows: Tensor) -> Frames:
        """Of these stories, by their places; a story may come more than once."""
        notes = None if self.notes is None else self.notes[rows]
        same = None if self.same is None else self.same[rows].unique(return_inverse=True)[1]
        return Frames(self.images[rows], self.captions[rows], self.present[rows], notes, same)


@dataclass(frozen=True)
class StoryBatch:
    """The context that a model may read, and the one frame that it must predict."""

    context: Frames
    target: Frames  # K == 1

    def to(self, device: torch.device | str) -> StoryBatch:
        return StoryBatch(self.context.to(device), self.target.to(device))


class Tokens(NamedTuple):
    """Vectors, and which of them are real."""

    values: Tensor  # (..., S, D)
    mask: Tensor  # (..., S) bool

    def mean(self) -> Tensor:
        """(..., D), over the real vectors only; zeros where there is none."""
        kept = torch.where(self.mask[..., None], self.values, self.values.new_zeros(()))
        return kept.sum(-2) / self.mask.sum(-1, keepdim=True).clamp(min=1)

    def followed_by(self, more: Tokens) -> Tokens:
        """Both, one after the other: (..., S + S', D)."""
        return Tokens(torch.cat([self.values, more.values], -2), torch.cat([self.mask, more.mask], -1))


@dataclass(frozen=True)
class Memory:
    """All that is known when the next frame is told: the story's state, and the context it was read from.

    `beside` is what reading it gave by the way, for losses to use: `VECTORS` (B, K, D), the mean encoding of each
    frame's picture and of its caption.
    """

    state: Tokens  # (B, S, D)
    context: Frames
    beside: Mapping[str, Tensor] = field(default_factory=dict)
    pictures: Tokens | None = None  # (B, K, F, D): what the picture encoder made of each frame

    def at(self, rows: Tensor) -> Memory:
        """Of these stories, by their places; a story may come more than once."""
        state = Tokens(*(part[rows] for part in self.state))
        pictures = None if self.pictures is None else Tokens(*(part[rows] for part in self.pictures))
        beside = {name: part[rows] for name, part in self.beside.items()}
        return Memory(state, self.context.at(rows), beside, pictures)


Mode = Literal["sample", "guess"]


class Manner(NamedTuple):
    """How a picture is painted by who can do more than one thing.

    `guess` is one picture of least error, the same at every throw; `sample` one of those that may be. `steps` are
    those of a flow. `guidance` 1 is none; above 1 what the story says is overstated.
    """

    mode: Mode = "sample"
    steps: int = 10
    guidance: float = 1.0


USUAL = Manner()


@dataclass(frozen=True)
class Compared:
    """The pair that a decoder was trained to bring together: pixels, velocities, or logits and ids.

    `beside` is what else the decoder offers by name for losses to use: a context picture, a KL term.
    """

    predicted: Tensor
    expected: Tensor
    beside: Mapping[str, Tensor] = field(default_factory=dict)


class Spoken(NamedTuple):
    """What one of several voices that write together says of captions; 0 at padding."""

    nats: Tensor  # (B, L) of each word by this voice alone
    share: Tensor  # (B, L) of the mixture; those of all voices sum to 1


@dataclass(frozen=True)
class StoryOutput:
    """What the model said in one training pass; None where the model has no such decoder."""

    image: Compared | None
    caption: Compared | None
    memory: Memory
    terms: Mapping[str, Tensor] = field(default_factory=dict)  # everything named in a `beside`
    again: Mapping[str, Compared] = field(default_factory=dict)  # image, caption: the newest frame told of itself
