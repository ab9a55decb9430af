"""Text in pictures: a font that is always there, and captions wrapped to a width."""

from __future__ import annotations

import importlib.util
import unicodedata
from functools import cache
from pathlib import Path

from PIL import ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
CLIPPED = "…"
LAST_OF_SERIF = "\u052f"  # Latin, Greek and Cyrillic letters end here
MOST_CHARACTERS = 4000  # of a caption; what is longer is clipped before it is measured


@cache
def font(face: str, size: int) -> Font:
    """A face (`DejaVuSerif`, `DejaVuSans-Bold`, ...) at a size in pixels, from the files that matplotlib carries."""
    spec = importlib.util.find_spec("matplotlib")
    path = Path(spec.origin if spec and spec.origin else "").parent / "mpl-data" / "fonts" / "ttf" / f"{face}.ttf"
    return ImageFont.truetype(path, size) if path.exists() else ImageFont.load_default(size)


def reading_font(text: str, size: int) -> Font:
    """A serif face, or a sans where the text has letters that only the sans can show (Hebrew, Arabic, ...)."""
    beyond = any(unicodedata.category(c).startswith("L") and c > LAST_OF_SERIF for c in text[:MOST_CHARACTERS])
    return font("DejaVuSans" if beyond else "DejaVuSerif", size)


def drawable(text: str) -> str:
    """One line of what a font can show: white space joined; control characters and lone surrogates dropped."""
    kept = "".join(c if c.isprintable() else " " for c in text[: 2 * MOST_CHARACTERS])
    return " ".join(unicodedata.normalize("NFC", kept).split())


def wrap(text: str, letters: Font, width: int, lines: int) -> list[str]:
    """At most `lines` lines of at most `width` pixels; what is left over ends in an ellipsis."""
    words = drawable(text)[:MOST_CHARACTERS].split()
    wrapped: list[str] = []
    while words and len(wrapped) < lines:
        count = _fitting(words, letters, width)
        wrapped.append(" ".join(words[:count]) if count else _clip(words[0], letters, width))
        words = words[max(1, count) :]
    if words:
        wrapped[-1] = _clip(f"{wrapped[-1]} {words[0]}", letters, width)
    return wrapped


def _fitting(words: list[str], letters: Font, width: int) -> int:
    """How many words stand on one line."""
    count = 0
    while count < len(words) and letters.getlength(" ".join(words[: count + 1])) <= width:
        count += 1
    return count


def _clip(text: str, letters: Font, width: int) -> str:
    """The text without its last characters, and an ellipsis in their place, as wide as fits."""
    kept = min(len(text), max(1, width))  # no letter is thinner than a pixel
    while kept and letters.getlength(text[:kept].rstrip() + CLIPPED) > width:
        kept -= 1
    return text[:kept].rstrip() + CLIPPED
