"""Storyboards: any picture, any caption, one sheet."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from fabula.drawing.lettering import CLIPPED, drawable, font, wrap
from fabula.drawing.storyboard import PAPER, Panel, panels, storyboard
from fabula.story import Frame

SERIF = font("DejaVuSerif", 14)


def red(size=(125, 60), mode="RGB"):
    return Image.new("RGB", size, "red").convert(mode)


@settings(deadline=None, max_examples=60)
@given(st.text(), st.integers(20, 300), st.integers(1, 6))
def test_wrapped_lines_are_no_wider_and_no_more_than_asked(text, width, lines):
    wrapped = wrap(text, SERIF, width, lines)
    assert len(wrapped) <= lines
    assert all(SERIF.getlength(line) <= width for line in wrapped)


def test_wrapping_loses_no_word_where_there_is_room():
    text = "The fox carried a lantern over the hill and down to the mill."
    assert " ".join(wrap(text, SERIF, 150, 20)) == text


def test_what_is_left_over_ends_in_an_ellipsis():
    assert wrap("word " * 100_000, SERIF, 200, 3)[-1].endswith(CLIPPED)
    assert wrap("w" * 5000, SERIF, 200, 3)[0].endswith(CLIPPED)


def test_control_characters_and_lone_surrogates_are_not_drawn():
    assert drawable("a\x00b\ud800c\n\td") == "a b c d"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16", "F"])
@pytest.mark.parametrize("size", [(1, 1), (3000, 2), (2, 3000)])
def test_any_picture_is_drawn(mode, size):
    picture = Image.new(mode, size)
    assert storyboard([[Panel(Frame(picture, "any"), "context 1")]]).mode == "RGB"


@pytest.mark.parametrize("caption", ["", "שלום مرحبا", "👩‍👩‍👧 🦊", "\x07\ud800", "語" * 5000, "a\nb"])
def test_any_caption_is_drawn(caption):
    storyboard([[Panel(Frame(red(), caption), "told 1"), Panel(Frame(None, caption), "true")]], [caption])


def test_every_picture_is_on_the_sheet():
    frames = [Frame(Image.new("RGB", (40, 20), colour), "") for colour in ("#ff0000", "#00ff00", "#0000ff")]
    sheet = np.asarray(storyboard([panels(frames, "context")]))
    for colour in np.eye(3, dtype=np.uint8) * 255:
        assert (sheet == colour).all(-1).sum() > 20_000


def test_a_caption_changes_only_what_is_beneath_its_picture():
    one, other = (storyboard([[Panel(Frame(red(), text), "told")]]) for text in ("a fox", "an ox"))
    box = ImageChops.difference(one, other).getbbox()
    assert box is not None
    assert box[1] > 34 + 20 + 60


def test_rows_longer_than_the_sheet_go_on_below():
    row = panels([Frame(red(), "x")] * 7, "told")
    short, long = storyboard([row[:6]], columns=6), storyboard([row], columns=6)
    assert long.width == short.width
    assert long.height > 1.5 * short.height


def test_the_same_rows_give_the_same_sheet_and_none_give_paper():
    rows = [panels([Frame(red(), "a fox")], "context")]
    assert storyboard(rows).tobytes() == storyboard(rows).tobytes()
    assert storyboard([]).getcolors() == [
        (storyboard([]).width * storyboard([]).height, Image.new("RGB", (1, 1), PAPER).getpixel((0, 0)))
    ]
