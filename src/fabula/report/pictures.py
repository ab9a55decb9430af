"""Pictures inside a page: made small enough, kept as data in the page itself."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from fabula import files
from fabula.images import to_rgb

WIDEST = 480  # pixels; larger pictures are shrunk
QUALITY = 86


@dataclass(frozen=True)
class Shown:
    """An `img` element's source, its size and what it says to who cannot see it."""

    source: str
    width: int
    height: int
    alt: str


def shown_picture(picture: Image.Image, alt: str, widest: int = WIDEST) -> Shown:
    """The picture as WebP in a `data:` address."""
    upright = to_rgb(picture)
    upright.thumbnail((widest, 2 * widest), Image.Resampling.LANCZOS)
    held = io.BytesIO()
    upright.save(held, "WEBP", quality=QUALITY, method=4)
    source = "data:image/webp;base64," + base64.b64encode(held.getvalue()).decode("ascii")
    return Shown(source, upright.width, upright.height, alt)


def shown_file(path: Path, alt: str, widest: int = WIDEST) -> Shown | None:
    """The same of a file; None where there is none."""
    if not path.exists():
        return None
    with files.said("read", path), Image.open(path) as picture:
        return shown_picture(picture, alt, widest)
