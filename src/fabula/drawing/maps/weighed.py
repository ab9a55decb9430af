"""The words of a caption, each on the colour of its weight."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from fabula.drawing.lettering import CLIPPED, Font, drawable
from fabula.drawing.maps.heat import FAINT, INK, Scale, behind_word

ENDED = "■"  # the token that ends a caption
LINE = 19  # pixels

Word = tuple[str, float]


def weighed_words(text: str, spans: Sequence[tuple[int, int]], weights: np.ndarray) -> list[Word]:
    """The words that a model read, each with the sum of its tokens' weights; `…` where the rest was cut; the end.

    `spans` are where the tokens of the whole text stand; `weights` (L,) are of the tokens read, the end after them.
    """
    words = [(found.start(), found.group()) for found in re.finditer(r"\S+", text)]
    read = min(len(spans), len(weights) - 1)
    sums: dict[int, float] = {}
    for (_, end), weight in zip(spans[:read], weights, strict=False):
        place = sum(start < end for start, _ in words) - 1  # it may begin with the space before its word
        sums[place] = sums.get(place, 0.0) + float(weight)
    said = [(drawable(words[place][1]), weight) for place, weight in sums.items() if place >= 0]
    return [*said, *[(CLIPPED, 0.0)][: len(spans) - read], (ENDED, float(weights[read]))]


def mean_words(text: str, spans: Sequence[tuple[int, int]], shares: np.ndarray) -> list[Word]:
    """The same words, each with the mean of its tokens' shares."""
    counts = weighed_words(text, spans, np.ones_like(shares))
    sums = weighed_words(text, spans, shares)
    return [(word, share / max(1.0, count)) for (word, share), (_, count) in zip(sums, counts, strict=True)]


def wrapped(words: Sequence[Word], letters: Font, width: int) -> list[list[Word]]:
    """Lines of at most `width` pixels; a word that is wider has a line of its own."""
    lines: list[list[Word]] = []
    left = 0.0
    for word, weight in words:
        if not lines or _wide(word, letters) > left:
            lines.append([])
            left = width
        lines[-1].append((word, weight))
        left -= _wide(word, letters)
    return lines


def draw_words(sheet: Image.Image, left: int, top: int, lines: Sequence[Sequence[Word]], scale: Scale, letters: Font):
    """Lines of words from a corner on."""
    draw = ImageDraw.Draw(sheet)
    for number, line in enumerate(lines):
        across, down = float(left), top + number * LINE
        for word, weight in line:
            wide = _wide(word, letters)
            ground = behind_word(weight, scale)
            draw.rectangle((across - 2, down - 1, across + wide - 3, down + LINE - 3), fill=ground)
            draw.text((across, down), word, fill=FAINT if word == ENDED else INK, font=letters)
            across += wide


def _wide(word: str, letters: Font) -> float:
    return letters.getlength(word + " ")
