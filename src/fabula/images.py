"""Pictures: any picture to uint8 at one size, and uint8 to the model's tensors and back, exactly.

A model reads float32 in [-1, 1]; people and files keep uint8 RGB. `to_uint8(to_tensor(x)) == x` for every x.
Torch is imported where it is needed, so that reading and decoding stay light.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from PIL import Image, ImageOps

from fabula.errors import FabulaError
from fabula.story import Size

if TYPE_CHECKING:
    from torch import Tensor

Fit = Literal["stretch", "crop", "pad"]
COMPRESSION = 6  # of PNG files: fixed, so that equal pictures are equal bytes
GREY = 128  # what fills the borders of `pad` and stands for a picture that is absent: nearly 0 for a model
MOST_PIXELS = 100_000_000  # a larger picture is taken for a decompression bomb
EQUALISED = "fabula equalised"  # in `picture.info`: equalised once, not to be equalised again
WIDE = ("I", "F")  # the modes of more than 8 bits


def prepare(picture: Image.Image | None, size: Size, fit: Fit = "stretch", equalise: bool = False) -> np.ndarray:
    """Any picture to uint8 (H, W, 3): the one way that training and telling share.

    `stretch` changes the proportions, `crop` keeps the centre, `pad` keeps all and fills with mid grey. Resized by
    PIL's bicubic filter, which is antialiased; a picture of the right size is left as it is. JPEG draft mode is never
    used, since it gives other pixels. An absent picture is plain grey.

    Errors: FabulaError when the picture is broken, huge, or of a mode without colours.
    """
    if picture is None:
        return np.full((*size, 3), GREY, np.uint8)
    done = EQUALISED in picture.info
    fitted = _FITS[fit](to_rgb(picture), size)
    return np.array(ImageOps.equalize(fitted) if equalise and not done else fitted)


def to_rgb(picture: Image.Image) -> Image.Image:
    """The first frame, upright, in RGB: transparency on white, 16 bits scaled to 8."""
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise FabulaError(f"a picture of {height}x{width} pixels is too large; at most {MOST_PIXELS:,} pixels")
    try:
        return _upright_rgb(picture)
    except Exception as error:  # decoders of broken files raise whatever they like
        raise FabulaError(f"a picture that cannot be read ({error}); save it again, as PNG or JPEG") from error


def _upright_rgb(picture: Image.Image) -> Image.Image:
    if getattr(picture, "is_animated", False):
        picture.seek(0)
    picture.load()
    upright = ImageOps.exif_transpose(picture)
    if upright.mode.startswith(WIDE):
        return _from_wide(upright).convert("RGB")
    if upright.has_transparency_data:
        seen = upright.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen).convert("RGB")
    return upright.convert("RGB")


def _from_wide(picture: Image.Image) -> Image.Image:
    """Integers are read as 16 bits (0..65535), floats as 0..255."""
    scale = 1.0 if picture.mode == "F" else 257.0
    values = np.nan_to_num(np.asarray(picture, np.float64)) / scale
    return Image.fromarray(np.clip(values.round(), 0, 255).astype(np.uint8))


def _stretch(picture: Image.Image, size: Size) -> Image.Image:
    wanted = (size.width, size.height)
    return picture if picture.size == wanted else picture.resize(wanted, Image.Resampling.BICUBIC)


def _crop(picture: Image.Image, size: Size) -> Image.Image:
    width, height = picture.size
    scale = min(width / size.width, height / size.height)
    across, down = (width - size.width * scale) / 2, (height - size.height * scale) / 2
    box = (across, down, width - across, height - down)
    wanted = (size.width, size.height)
    return picture if picture.size == wanted else picture.resize(wanted, Image.Resampling.BICUBIC, box=box)


def _pad(picture: Image.Image, size: Size) -> Image.Image:
    width, height = picture.size
    scale = min(size.width / width, size.height / height)
    inner = Size(max(1, round(height * scale)), max(1, round(width * scale)))
    canvas = Image.new("RGB", (size.width, size.height), (GREY, GREY, GREY))
    canvas.paste(_stretch(picture, inner), ((size.width - inner.width) // 2, (size.height - inner.height) // 2))
    return canvas


_FITS = {"stretch": _stretch, "crop": _crop, "pad": _pad}


def to_picture(pixels: np.ndarray, *, equalised: bool = False) -> Image.Image:
    """uint8 (H, W, 3) to a picture. `equalised` marks pixels that `prepare` need not equalise a second time."""
    picture = Image.fromarray(np.ascontiguousarray(pixels))
    if equalised:
        picture.info[EQUALISED] = True
    return picture


def to_tensor(pixels: np.ndarray | Tensor) -> Tensor:
    """uint8 (..., H, W, 3) to float32 (..., 3, H, W) in [-1, 1]."""
    import torch

    values: Any = pixels if isinstance(pixels, torch.Tensor) else torch.from_numpy(np.ascontiguousarray(pixels))
    return values.movedim(-1, -3).contiguous().float().div_(127.5).sub_(1)  # a fresh tensor, then in place


def to_uint8(images: Tensor) -> np.ndarray:
    """(..., 3, H, W) in [-1, 1], clipped, to uint8 (..., H, W, 3)."""
    import torch

    values = images.detach().float().add(1).mul(127.5).round().clamp(0, 255)
    return values.to(torch.uint8).movedim(-3, -1).cpu().numpy()
