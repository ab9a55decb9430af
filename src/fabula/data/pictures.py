"""Pictures as sources hold them (bytes, paths, base64) to PIL pictures; errors say which picture and what to do."""

from __future__ import annotations

import base64
import binascii
import io
import os
import warnings
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image

from fabula import files
from fabula.errors import FabulaError
from fabula.images import MOST_PIXELS
from fabula.story import Size

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".ppm", ".avif")
FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "AVIF")  # pixels only: no EPS, no PDF


@cache
def _formats() -> tuple[str, ...]:
    Image.init()
    return tuple(name for name in FORMATS if name in Image.OPEN)


def read_picture(content: bytes, where: str, *, decode: bool = False) -> Image.Image:
    """The picture in these bytes: of any size and mode; of an animation, the first frame is the one shown.

    Its size is known at once, its pixels are decoded when they are used, or now with `decode`, which finds a picture
    that breaks off in the middle. Errors: FabulaError for what is broken, huge, or no picture.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=_formats())
            _check_size(picture, where)
            if decode:
                picture.load()
    except FabulaError:
        raise
    except Image.DecompressionBombError as error:
        raise FabulaError(f"{where}: the picture is too large: {error}; make it smaller") from error
    except Exception as error:  # decoders of broken files raise whatever they like
        told = "it is empty" if not content else str(error).replace("\n", " ")[:100]
        told = "not a picture that can be read" if "cannot identify" in told else told
        raise FabulaError(f"{where}: the picture is broken ({told}); replace it or leave it out") from error
    return picture


def _check_size(picture: Image.Image, where: str) -> None:
    width, height = picture.size
    if not width * height:
        raise FabulaError(f"{where}: the picture is empty: {height}x{width} pixels; replace it or leave it out")
    if width * height > MOST_PIXELS:
        most = f"at most {MOST_PIXELS:,} pixels"
        raise FabulaError(f"{where}: the picture is too large: {height}x{width} ({most}); make it smaller")


def picture_of(value: Any, folder: Path, where: str) -> Image.Image:
    """The picture that a column's value holds.

    A mapping with `bytes` or `path`, bytes, a path beside `folder`, a data URI, base64, or a PIL picture.
    """
    if isinstance(value, Mapping):
        held = value.get("bytes")
        return picture_of(value.get("path") if held is None else held, folder, where)
    if isinstance(value, Image.Image):
        return value
    if isinstance(value, bytes | bytearray | memoryview):
        return read_picture(bytes(value), where)
    if isinstance(value, str) and value:
        return _from_text(value, folder, where)
    told = "no picture" if value is None or value == "" else f"{type(value).__name__}, which is no picture"
    raise FabulaError(f"{where}: {told}; give bytes, a path or base64")


def path_of(value: Any, folder: Path) -> Path | None:
    """The file that a column's value names; None where it holds the picture itself."""
    if isinstance(value, Mapping):
        return path_of(value.get("path"), folder) if value.get("bytes") is None else None
    if not isinstance(value, str) or value.startswith("data:"):
        return None
    path = os.path.join(folder, os.path.expanduser(value))  # noqa: PTH111, PTH118 - any text is let in here
    return Path(path) if os.path.isfile(path) else None  # noqa: PTH113 - False also for what cannot be a path


def _from_text(text: str, folder: Path, where: str) -> Image.Image:
    if path := path_of(text, folder):
        with files.said("read", path):
            return read_picture(path.read_bytes(), f"{where} ({path})", decode=True)
    if text.startswith(("http://", "https://")):
        raise FabulaError(f"{where}: {text[:80]!r} is an address; download the picture and give its path")
    content = text.partition(",")[2] if text.startswith("data:") else text
    try:
        return read_picture(base64.b64decode(content, validate=True), where)
    except (binascii.Error, ValueError) as error:
        if text.startswith("data:") or len(text) > 256:
            raise FabulaError(f"{where}: neither a path nor the base64 of a picture: {text[:40]!r}...") from error
        raise FabulaError(f"{where}: no file {text!r} in {folder}") from error


def size_of(picture: Image.Image | None) -> Size | None:
    """Height and width of the picture as it came, without decoding it."""
    return Size(picture.height, picture.width) if picture else None
