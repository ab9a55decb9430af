"""True frames made worse step by step, and real frames that are not the true ones: what a measure is tried on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from fabula.images import prepare
from fabula.metrics.pictures import mse, unit
from fabula.metrics.told import Pixels
from fabula.metrics.truth import Truth
from fabula.story import Frame, Size

TRUTH, STRANGER = "truth", "another story"
SLIGHT, STRONG, NEAREST, LAST, NOISE = "slight blur", "strong blur", "nearest frame", "last frame", "noise"
DROPPED, LAST_CAPTION, WORDS, LETTERS = "a word dropped", "last caption", "words shuffled", "letters shuffled"
BLURS = {SLIGHT: 1 / 60, STRONG: 1 / 8}  # standard deviations, in heights of the picture

Others = NDArray[np.int64] | None  # (N,) for every window one of another story


def degraded_pictures(truth: Truth, others: Others, dice: np.random.Generator) -> dict[str, Pixels]:
    """Name -> (N, H, W, 3). Frames of the context are there where all are known, those of other stories with `others`.

    The nearest frame is that of the context with the least mean squared error to the truth; noise is even in [0, 255].
    """
    true = truth.pictures
    found = {TRUTH: true} | {name: _blurred(true, share) for name, share in BLURS.items()}
    if truth.contexts and all(frame.picture for context in truth.contexts for frame in context):
        size = Size(*true.shape[1:3])
        given = [_pixels(context, size) for context in truth.contexts]
        found[NEAREST] = np.stack([_nearest(pictures, own) for pictures, own in zip(given, true, strict=True)])
        found[LAST] = np.stack([pictures[-1] for pictures in given])
    if others is not None:
        found[STRANGER] = true[others]
    return found | {NOISE: dice.integers(0, 256, true.shape, np.uint8)}


def degraded_captions(truth: Truth, others: Others, dice: np.random.Generator) -> dict[str, list[str]]:
    """Name -> N captions, from the same sources. Shuffled letters keep the lengths of the words."""
    true = list(truth.captions)
    found: dict[str, list[str]] = {TRUTH: true, DROPPED: [_dropped(caption, dice) for caption in true]}
    if truth.contexts:
        found[LAST_CAPTION] = [context[-1].caption for context in truth.contexts]
    if others is not None:
        found[STRANGER] = [true[row] for row in others]
    found[WORDS] = [" ".join(_shuffled(caption.split(), dice)) for caption in true]
    found[LETTERS] = [_letters(caption, dice) for caption in true]
    return found


def _blurred(pictures: Pixels, share: float) -> Pixels:
    blur = ImageFilter.GaussianBlur(share * pictures.shape[1])
    return np.stack([np.asarray(Image.fromarray(picture).filter(blur)) for picture in pictures])


def _pixels(context: Sequence[Frame], size: Size) -> Pixels:
    return np.stack([prepare(frame.picture, size) for frame in context])


def _nearest(pictures: Pixels, true: Pixels) -> Pixels:
    return pictures[mse(unit(pictures), unit(true)[None]).argmin()]


def _dropped(caption: str, dice: np.random.Generator) -> str:
    words = caption.split()
    gone = dice.integers(len(words)) if words else 0
    return " ".join([*words[:gone], *words[gone + 1 :]])


def _letters(caption: str, dice: np.random.Generator) -> str:
    words = caption.split()
    letters = iter(_shuffled("".join(words), dice))
    return " ".join("".join(next(letters) for _ in word) for word in words)


def _shuffled(texts: Sequence[str], dice: np.random.Generator) -> list[str]:
    return [texts[place] for place in dice.permutation(len(texts))]
