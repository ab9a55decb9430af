"""The roles of a story model. A component is a subclass of exactly one of these.

In a constructor, what stands before the star is given by the code, and what stands after
it is chosen by the recipe. Shapes are spelled in the letters of types.py.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from torch import Generator, Tensor, nn

from fabula.types import USUAL, Compared, Manner, Memory, Mode, Spoken, StoryBatch, StoryOutput, Tokens

Carry = tuple[Tensor, ...]  # what a caption decoder carries from word to word; every tensor is (B, ...)
Dice = Sequence[Generator]  # one generator a story, so that a story told alone or in a batch is the same


class ImageEncoder(nn.Module, ABC):
    """A picture to tokens; each picture on its own. Given: dim, size (height, width)."""

    grid: tuple[int, int] | None = None  # rows, columns: the last rows * columns tokens are a map of the picture

    @abstractmethod
    def forward(self, images: Tensor) -> Tokens:
        """(N, C, H, W) in [-1, 1] -> (N, F, D)."""


class TextEncoder(nn.Module, ABC):
    """A caption to tokens; each caption on its own. Given: dim, vocabulary."""

    @abstractmethod
    def forward(self, captions: Tensor) -> Tokens:
        """(N, L) ids -> (N, F, D); padding is masked."""


class Fusion(nn.Module, ABC):
    """The picture and the caption of one frame to the tokens of that frame. Given: dim."""

    @abstractmethod
    def forward(self, image: Tokens, text: Tokens) -> Tokens:
        """(N, F, D), (N, F', D) -> (N, F'', D)."""


class Temporal(nn.Module, ABC):
    """The frames of a story, oldest first, to its state. Given: dim."""

    gives: str = "state"  # or frames, tokens: its tokens stand for whole frames, or for each frame's tokens, in order

    @abstractmethod
    def forward(self, frames: Tokens) -> Tokens:
        """(B, K, F, D) -> (B, S, D). What stands in absent frames changes nothing."""


class ImageDecoder(nn.Module, ABC):
    """The memory of a story to its next picture. Given: dim, size (height, width).

    Who listens is given a memory that holds the caption which is being told, as one more frame without a picture: the
    true caption in training, except for the share `unheard` of the windows, and in telling the one that was written.

    `modes` are those of a `Manner` that it knows apart: ("sample", "guess") of who can paint one of the pictures that
    may be, and also the picture of least error. None: it has one way to paint, whatever the manner.
    """

    offers: tuple[str, ...] = ()  # the names that its Compared holds beside
    modes: tuple[Mode, ...] = ()
    listens: bool = False
    unheard: float = 0.0

    @abstractmethod
    def forward(self, memory: Memory, target: Tensor) -> Compared:
        """One training pass against (B, C, H, W) in [-1, 1]."""

    @abstractmethod
    def generate(self, memory: Memory, dice: Dice, manner: Manner = USUAL) -> Tensor:
        """(B, C, H, W) in [-1, 1]."""


class CaptionDecoder(nn.Module, ABC):
    """The memory of a story to its next caption, word by word. Given: dim, vocabulary."""

    offers: tuple[str, ...] = ()  # the names that its Compared holds beside
    measures: tuple[str, ...] = ()  # of what it holds beside: (B,) each, whose mean a run logs and nothing makes small
    reads: Literal["state", "context"] = "state"  # or the memory's context and pictures alone: no state is needed

    def prepare(self, captions: NDArray[np.int64], story: NDArray[np.int64]) -> None:
        """Get ready before the first step of a run: nothing, unless a decoder needs it. What it learns is in its state.

        `captions` (N, L) are all that may be learned from, words, end, padding; `story` (N,) says whose each is, those
        of one story side by side.
        """

    @abstractmethod
    def forward(self, memory: Memory, target: Tensor) -> Compared:
        """Teacher forcing on (B, L): logits (B, L, V) against ids (B, L), -100 at padding.

        Position i sees only the words before i.
        """

    def reading(self, memory: Memory, captions: Tensor, heard: Tensor | None = None) -> Tokens:
        """What who reads the context makes of it and of the captions (B, L) that follow: (B, S, D).

        For a painter who listens. `heard` (B,) is False where a story's caption is not told.
        """
        raise NotImplementedError

    @abstractmethod
    def begin(self, memory: Memory) -> Carry:
        """What the first step needs."""

    @abstractmethod
    def step(self, words: Tensor, carry: Carry) -> tuple[Tensor, Carry]:
        """The last words (B,) -> the logits of the next (B, V), and what the next step needs."""

    def captioned(self, memory: Memory) -> Tensor | None:
        """Log-probability (B,) in nats of the newest frame's caption, for one who sees its picture and all before it.

        None from whoever has not learned to caption a picture that is seen: nobody else may compare this with the
        log-probability of the same caption before its picture is seen.
        """
        return None

    def apart(self, memory: Memory, target: Tensor) -> Mapping[str, Spoken]:
        """Teacher forcing on (B, L): by name what each voice says alone, of who writes with several. Nothing: one does.

        The sum of `share * exp(-nats)` over the voices is the probability that `forward` gives.
        """
        return {}


class Loss(nn.Module, ABC):
    """One number that training makes small. Knows neither its weight nor its schedule.

    A loss may have parameters of its own; they learn with the model's.
    """

    needs: tuple[str, ...] = ()  # of the output: image, caption, or names that the model or a decoder offers

    def prepare(self, pictures: NDArray[np.uint8], key: str) -> None:
        """Get ready before the first step, and again when a run goes on: nothing, unless a loss needs it.

        `pictures` (N, H, W, 3) are those of train, `key` names them: what is learned from them can be kept by it.
        """

    @abstractmethod
    def forward(self, output: StoryOutput, batch: StoryBatch) -> Tensor:
        """A scalar."""
