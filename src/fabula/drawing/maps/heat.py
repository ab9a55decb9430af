"""Weights as colours: over a picture and as a bar, and the scale that says how much a colour is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PIL import Image, ImageColor, ImageDraw

from fabula.drawing.lettering import Font

PAPER, INK, FAINT, WARM, EMPTY = "#fbfaf7", "#22211f", "#8a857c", "#ec8f4a", "#e6e1d6"
COLD, HOT = np.array([20, 24, 60.0]), np.array([[240, 70, 20.0], [255, 232, 60]])  # less than even, more than even
SHADE, GLOW = 0.55, 0.85  # how much of a picture these cover at the ends of the scale
FURTHER = 3  # a scale ends at so many times the mean at least: where all is weighed alike, nothing stands out
LONG, THICK = 120, 9  # pixels of a scale, of a bar


class Scale(NamedTuple):
    """The mean of all weights, which has no colour, and the weight that has the strongest."""

    mean: float
    top: float


def scale_of(weights: np.ndarray) -> Scale:
    """One scale for weights of any shape, each in [0, 1]."""
    mean = float(weights.mean())
    return Scale(mean, max(float(weights.max()), min(1.0, FURTHER * mean), 1e-9))


def coloured(ground: np.ndarray, weights: np.ndarray, scale: Scale) -> np.ndarray:
    """uint8 (..., 3): a ground (..., 3) darker where a weight (...) is below the mean, glowing where it is above."""
    less = np.clip(1 - weights / max(scale.mean, 1e-9), 0, 1)[..., None]
    more = np.clip((weights - scale.mean) / max(scale.top - scale.mean, 1e-9), 0, 1)[..., None]
    glow = HOT[0] + more * (HOT[1] - HOT[0])
    shaded = ground + SHADE * less * (COLD - ground)
    return np.clip(shaded + GLOW * more**0.6 * (glow - shaded), 0, 255).astype(np.uint8)


def over_picture(picture: Image.Image, weights: np.ndarray, scale: Scale) -> Image.Image:
    """The picture in greys, coloured by weights (rows, columns)."""
    heat = Image.fromarray(weights.astype(np.float32)).resize(picture.size, Image.Resampling.BICUBIC)
    grey = np.asarray(picture.convert("L").convert("RGB"), float)
    return Image.fromarray(coloured(grey, np.asarray(heat), scale))


def behind_word(weight: float, scale: Scale) -> tuple[int, ...]:
    """The colour of the paper behind a word: paper at 0, warm at the top."""
    paper, warm = (np.array(ImageColor.getrgb(colour), float) for colour in (PAPER, WARM))
    return tuple((paper + min(1.0, weight / scale.top) * (warm - paper)).astype(int).tolist())


def draw_scale(sheet: Image.Image, left: int, top: int, scale: Scale, letters: Font, *, words: bool) -> None:
    """The colours from 0 to the top, with a mark at the mean."""
    draw, weights = ImageDraw.Draw(sheet), np.linspace(0, scale.top, LONG)
    ground = np.full((LONG, 3), 150.0)
    row = np.array([behind_word(w, scale) for w in weights], np.uint8) if words else coloured(ground, weights, scale)
    sheet.paste(Image.fromarray(row[None]).resize((LONG, THICK)), (left, top))
    draw.rectangle((left, top, left + LONG, top + THICK), outline=FAINT)
    across = left + round(LONG * scale.mean / scale.top)
    draw.rectangle((across, top - 3, across + 1, top + THICK + 3), fill=INK)
    said = f"0 to {percent(scale.top)}, mean {percent(scale.mean)}"
    draw.text((left + LONG + 8, top - 3), said, fill=FAINT, font=letters)


def draw_bar(
    sheet: Image.Image, place: tuple[int, int], width: int, share: float, said: tuple[str, str], letters: Font
):
    """A share in [0, 1] as a bar; beneath it what is said of the share, and of the rest."""
    draw, (left, top) = ImageDraw.Draw(sheet), place
    draw.rectangle((left, top, left + width, top + THICK), fill=EMPTY)
    draw.rectangle((left, top, left + round(width * min(1.0, max(0.0, share))), top + THICK), fill=WARM)
    draw.text((left, top + THICK + 4), said[0], fill=INK, font=letters)
    draw.text((left + width - letters.getlength(said[1]), top + THICK + 4), said[1], fill=FAINT, font=letters)


def percent(share: float) -> str:
    """`3.1 %`, `62 %`."""
    return f"{100 * share:.0f} %" if share >= 0.0995 else f"{100 * share:.1f} %"
