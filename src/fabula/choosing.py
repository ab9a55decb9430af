"""Which of several told frames to keep, without knowing the truth: a few named scores, and their sum.

Every score is a function of the context and of one candidate, through the model alone. What of them helps is measured
where the truth is known (evaluate/sampling.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from fabula.losses.caption import caption_nats
from fabula.metrics.entities import names, said, unheard
from fabula.model import StoryModel
from fabula.story import Frame
from fabula.types import Frames, Memory

WEIGHTS = {"likelihood": 1.0, "agreement": 1.0, "cast": 0.5, "place": 0.5}
SHADES = 4  # of each colour in a histogram
ALIKE = 1e-4  # scores of a story that differ by less, beside their size, are equal: a company may change a last bit
NEAR = 3  # decimals of a sum of scores; of equal sums the first score decides, then the next

Scores = NDArray[np.float64]  # (N, M)


@dataclass(frozen=True)
class Candidates:
    """M frames told of each of N stories, one story's after the other's; a row is one of these N x M."""

    model: StoryModel
    memory: Memory  # of the contexts, one a row
    contexts: Sequence[Sequence[str]]  # the captions of each context, one a row
    told: Frames  # one a row, K == 1
    captions: Sequence[str]
    paired: bool = False  # whether training has brought the encodings of pictures and captions together

    @cached_property
    def nats(self) -> Tensor:
        """(N x M, L) of each token of the captions, before their pictures are seen; 0 at padding."""
        assert self.model.caption_decoder is not None
        return caption_nats(self.model.caption_decoder(self.memory, self.told.captions[:, 0])).double()

    @property
    def lengths(self) -> Tensor:
        """(N x M,) tokens of the captions, their ends included."""
        return (self.told.captions[:, 0] != self.model.vocabulary.pad).sum(1)


def likelihood(told: Candidates) -> Tensor | None:
    """Mean log-probability of the caption's tokens under the writer, given the context."""
    return None if told.model.caption_decoder is None else -told.nats.sum(1) / told.lengths


def agreement(told: Candidates) -> Tensor | None:
    """By how many nats the caption is likelier for the writer once the picture that was told beside it is seen.

    Where the writer cannot say, the cosine of the model's own encodings of the two, if training gave that a meaning.
    """
    decoder = told.model.caption_decoder
    if decoder is None or told.model.image_decoder is None:
        return None
    seen = decoder.captioned(told.model.further(told.memory, told.told.images[:, 0], told.told.captions[:, 0]))
    if seen is not None:
        return seen.double() + told.nats.sum(1)
    return told.model.similarity(told.told).double() if told.paired else None


def cast(told: Candidates) -> Tensor | None:
    """Of the names in the caption the share that the context's captions know; 1 where it names nobody."""
    if told.model.caption_decoder is None:
        return None
    pairs = zip(told.contexts, told.captions, strict=True)
    return torch.tensor([_known([Frame(None, each) for each in context], text) for context, text in pairs]).double()


def place(told: Candidates) -> Tensor | None:
    """The largest overlap of the picture's histogram of colours with that of a context's picture, 0 to 1.

    Histogram intersection (Swain & Ballard 1991, section 3.1) of 4 x 4 x 4 colours.
    """
    if told.model.image_decoder is None:
        return None
    context = told.memory.context
    mine, theirs = colours(told.told.images), colours(context.images)  # (R, 1, 64), (R, K, 64)
    return torch.minimum(mine, theirs).sum(-1).masked_fill(~context.present, 0).amax(1)


JUDGES: dict[str, Callable[[Candidates], Tensor | None]] = {
    "likelihood": likelihood,
    "agreement": agreement,
    "cast": cast,
    "place": place,
}


def judged(told: Candidates, count: int) -> dict[str, Scores]:
    """What each judge says of M = `count` candidates of N stories, (N, M), more being better."""
    found = {name: judge(told) for name, judge in JUDGES.items()}
    return {name: said.cpu().numpy().reshape(-1, count) for name, said in found.items() if said is not None}


def places(scores: Mapping[str, Scores], weights: Mapping[str, float] = WEIGHTS) -> NDArray[np.int64]:
    """(N, M): the place of each candidate, 1 being the one to keep, by the weighted sum of its standard scores.

    A standard score is what a candidate is above the mean of its story's candidates, in their standard deviations.
    Candidates that are equal in all keep their order.
    """
    total = sum(weights[name] * standard(said) for name, said in scores.items())
    columns = [np.round(total, NEAR), *scores.values()]  # the first is the weightiest
    order = np.lexsort([-column for column in reversed(columns)], axis=1)
    return order.argsort(1) + 1


def standard(scores: Scores) -> Scores:
    """(N, M) -> the same with mean 0 and deviation 1 in each row; 0 where the row is one and the same."""
    apart = scores - scores.mean(1, keepdims=True)
    spread = scores.std(1, keepdims=True)
    real = spread > ALIKE * np.maximum(1, np.abs(scores).max(1, keepdims=True))
    return np.where(real, apart / np.where(real, spread, 1), 0.0)


def colours(images: Tensor) -> Tensor:
    """(..., 3, H, W) in [-1, 1] -> (..., 64): the shares of the pixels that have each of 4 x 4 x 4 colours."""
    steps = ((images + 1) / 2 * SHADES).long().clamp(0, SHADES - 1)
    red, green, blue = steps.unbind(-3)
    cells = ((red * SHADES + green) * SHADES + blue).flatten(-2)  # (..., H * W)
    counts = cells.new_zeros(*cells.shape[:-1], SHADES**3, dtype=torch.double)
    return counts.scatter_add_(-1, cells, torch.ones_like(cells, dtype=torch.double)) / cells.shape[-1]


def _known(context: Sequence[Frame], text: str) -> float:
    old, new = len(said(names(context), text)), len(unheard(context, text))
    return old / (old + new) if old + new else 1.0
