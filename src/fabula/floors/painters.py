"""Storytellers that paint without having learned to: constants, copies, and one that peeks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np

from fabula.floors.chance import number
from fabula.images import prepare, to_picture
from fabula.metrics.told import Pixels
from fabula.recipe import Data
from fabula.story import Frame

Contexts = Sequence[Sequence[Frame]]


class Painter(ABC):
    """Paints from the pixels of the context alone: (K, H, W, 3) -> (H, W, 3)."""

    kind = "floor"
    paints, writes = True, False

    def __init__(self, data: Data):
        self.data = data

    @abstractmethod
    def paint(self, inputs: Pixels) -> Pixels: ...

    def tell(self, contexts: Contexts, *, seed: int = 0) -> list[Frame]:
        return [_frame(self.paint(self._pixels(context))) for context in contexts]

    def _pixels(self, frames: Sequence[Frame]) -> Pixels:
        data = self.data
        return np.stack([prepare(f.picture, data.picture_size, data.fit, data.equalise) for f in frames])


class ConstantPicture(Painter):
    """The same picture for every context: the median or mean of the train targets."""

    def __init__(self, data: Data, picture: Pixels):
        super().__init__(data)
        self.picture = picture

    def tell(self, contexts: Contexts, *, seed: int = 0) -> list[Frame]:
        return [_frame(self.picture) for _ in contexts]

    def paint(self, inputs: Pixels) -> Pixels:
        return self.picture


class CopyLast(Painter):
    """The last picture again."""

    def paint(self, inputs: Pixels) -> Pixels:
        return inputs[-1]


class CopyRandomInput(Painter):
    """One of the context's pictures: which one follows from context and seed."""

    def tell(self, contexts: Contexts, *, seed: int = 0) -> list[Frame]:
        chosen = [[context[number(context, seed, "picture") % len(context)]] for context in contexts]
        return super().tell(chosen)

    def paint(self, inputs: Pixels) -> Pixels:
        return inputs[-1]


class MeanOfInputs(Painter):
    """The mean of the context's pictures."""

    def paint(self, inputs: Pixels) -> Pixels:
        return np.rint(inputs.mean(0)).astype(np.uint8)


class OracleBestInput(Painter):
    """Of the context's pictures the one nearest to the truth, which it is shown through a door of its own.

    No storyteller can do this. It says how far copying could go if one knew what to copy.
    """

    kind = "oracle"

    def tell_knowing(self, contexts: Contexts, truths: Sequence[Frame], *, seed: int = 0) -> list[Frame]:
        """The input of least mean absolute error to each truth; of equal ones the newest."""
        return [self._nearest(context, truth) for context, truth in zip(contexts, truths, strict=True)]

    def tell(self, contexts: Contexts, *, seed: int = 0) -> list[Frame]:
        raise TypeError("an oracle tells only knowing the truth: use tell_knowing")

    def paint(self, inputs: Pixels) -> Pixels:
        raise TypeError("an oracle paints only knowing the truth: use tell_knowing")

    def _nearest(self, context: Sequence[Frame], truth: Frame) -> Frame:
        inputs, true = self._pixels(context)[::-1], self._pixels([truth])
        errors = np.abs(inputs.astype(np.int16) - true).sum((1, 2, 3), dtype=np.int64)
        return _frame(inputs[errors.argmin()])


def _frame(pixels: Pixels) -> Frame:
    return Frame(to_picture(pixels), "")
