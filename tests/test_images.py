"""Any picture becomes uint8 RGB of one size; uint8 and tensors are the same thing twice."""

import io

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from PIL import Image

from fabula.errors import FabulaError
from fabula.images import GREY, prepare, to_picture, to_tensor, to_uint8
from fabula.story import Size

PIXELS = arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=12).map(lambda s: (*s, 3)))


@given(PIXELS)
def test_pixels_survive_the_tensor(pixels):
    assert (to_uint8(to_tensor(pixels)) == pixels).all()


def test_all_values_survive_and_lie_in_range():
    values = np.arange(256, dtype=np.uint8).repeat(3).reshape(1, 16, 16, 3)
    tensor = to_tensor(values)
    assert tensor.shape == (1, 3, 16, 16)
    assert (tensor.min(), tensor.max()) == (-1, 1)
    assert (to_uint8(tensor) == values).all()
    assert (to_uint8(tensor.bfloat16().float().add(0.001).clamp(-1, 1)).astype(int) - values).max() <= 1


def test_tensors_out_of_range_are_clipped():
    assert to_uint8(torch.tensor([-9.0, 9.0, 0.0]).view(3, 1, 1)).tolist() == [[[0, 255, 128]]]


@given(PIXELS, st.sampled_from(["stretch", "crop", "pad"]))
def test_a_picture_of_the_right_size_is_left_as_it_is(pixels, fit):
    assert (prepare(to_picture(pixels), Size(*pixels.shape[:2]), fit) == pixels).all()


@given(PIXELS, PIXELS, st.sampled_from(["stretch", "crop", "pad"]), st.booleans())
def test_every_picture_takes_the_size_asked_for(pixels, like, fit, equalise):
    assert prepare(to_picture(pixels), Size(*like.shape[:2]), fit, equalise).shape == like.shape


def halves(height: int, width: int) -> Image.Image:
    """Black above, white below."""
    return Image.fromarray(np.repeat([[0], [255]], height // 2, 0).repeat(width, 1).astype(np.uint8)).convert("RGB")


def test_fits_differ_as_they_say():
    wide = Image.new("RGB", (40, 10), "red")
    wide.paste("blue", (15, 0, 25, 10))
    size = Size(10, 10)
    assert (prepare(wide, size, "crop") == (0, 0, 255)).all()
    padded = prepare(wide, size, "pad")
    assert (padded[[0, 1, 2, -3, -2, -1]] == GREY).all()
    assert (padded[4:6, 0] == (255, 0, 0)).all()
    assert (prepare(wide, size)[:, [0, -1]] == (255, 0, 0)).all()


def test_shrinking_is_antialiased():
    stripes = to_picture(np.tile(np.array([[[0] * 3, [255] * 3]], np.uint8), (64, 32, 1)))
    assert abs(prepare(stripes, Size(8, 8)).astype(int) - 127).max() < 8


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "CMYK", "YCbCr", "HSV", "LA", "RGBA", "PA", "I;16", "I", "F"])
def test_white_is_white_in_every_mode(mode):
    white = Image.new("L", (4, 4), 255)
    if mode in ("I;16", "I"):
        white = Image.fromarray(np.full((4, 4), 65535, np.uint16 if mode == "I;16" else np.int32))
    picture = white if white.mode == mode else white.convert("RGB" if mode in ("PA", "HSV") else "L").convert(mode)
    assert picture.mode == mode
    assert (prepare(picture, Size(4, 4)) == 255).all()


def test_sixteen_bits_keep_their_greys():
    ramp = np.arange(0, 65536, 257, dtype=np.uint16).reshape(16, 16)
    assert (prepare(Image.fromarray(ramp), Size(16, 16))[..., 0].ravel() == np.arange(256)).all()


def test_transparency_lies_on_white():
    glass = Image.new("RGBA", (2, 1), (255, 0, 0, 0))
    glass.putpixel((1, 0), (255, 0, 0, 255))
    assert prepare(glass, Size(1, 2)).tolist() == [[[255, 255, 255], [255, 0, 0]]]
    palette = Image.new("P", (2, 1), 0)
    palette.putpalette([0, 0, 0, 0, 0, 255])
    palette.putpixel((1, 0), 1)
    file = io.BytesIO()
    palette.save(file, "PNG", transparency=0)
    assert prepare(Image.open(file), Size(1, 2)).tolist() == [[[255, 255, 255], [0, 0, 255]]]


def test_the_first_frame_of_an_animation_counts():
    file = io.BytesIO()
    colours = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    colours[0].save(file, "GIF", save_all=True, append_images=colours[1:])
    moving = Image.open(file)
    moving.seek(1)
    assert (prepare(moving, Size(4, 4)) == (255, 0, 0)).all()


def test_a_camera_held_sideways():
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    halves(16, 16).save(file, "PNG", exif=exif)
    upright = prepare(Image.open(file), Size(16, 16))
    assert (upright[0] == 255).all()
    assert (upright[-1] == 0).all()


def test_equalised_once_is_enough():
    dim = np.random.default_rng(0).normal(40, 5, (32, 32, 3)).clip(0, 255).astype(np.uint8)
    size = Size(32, 32)
    once = prepare(to_picture(dim), size, equalise=True)
    assert once.max() - once.min() > 240
    assert (prepare(to_picture(once), size, equalise=True) != once).any()
    assert (prepare(to_picture(once, equalised=True), size, equalise=True) == once).all()


def test_a_picture_that_is_not_there_is_grey():
    assert (prepare(None, Size(2, 3)) == GREY).all()


def test_broken_and_huge_pictures_are_told_in_one_line(monkeypatch):
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)).save(file, "JPEG")
    half = io.BytesIO(file.getvalue()[: len(file.getvalue()) // 2])
    with pytest.raises(FabulaError, match=r"cannot be read .*; save it again"):
        prepare(Image.open(half), Size(8, 8))
    monkeypatch.setattr("fabula.images.MOST_PIXELS", 99)
    with pytest.raises(FabulaError, match="10x10 pixels is too large; at most 99"):
        prepare(Image.new("RGB", (10, 10)), Size(8, 8))
