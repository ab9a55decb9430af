"""What bad input gets: one line that says where, what came and what to do. And what is odd but good is let in."""

import io
import json
import struct
import time
import zlib

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from fabula.data.open import open_source
from fabula.data.pictures import read_picture
from fabula.errors import FabulaError
from fabula.markup import count_repairs
from fabula.recipe import Data


def saved(picture, kind="PNG", **how):
    buffer = io.BytesIO()
    picture.save(buffer, kind, **how)
    return buffer.getvalue()


NOISE = Image.fromarray(np.random.default_rng(0).integers(0, 255, (40, 60, 3), np.uint8))
GOOD = saved(NOISE.resize((6, 4)))


def chunk(name, held):
    return struct.pack(">I", len(held)) + name + held + struct.pack(">I", zlib.crc32(name + held))


def header(side):
    """A PNG that says it is so large, and holds nothing."""
    about = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + about + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


ODD = {
    "1x1": saved(Image.new("RGB", (1, 1))),
    "grey": saved(NOISE.convert("L")),
    "16 bits": saved(Image.fromarray(np.arange(24, dtype=np.uint16).reshape(4, 6) * 2000)),
    "CMYK": saved(NOISE.convert("CMYK"), "JPEG"),
    "palette": saved(NOISE.convert("P")),
    "transparent": saved(NOISE.convert("RGBA")),
    "animated": saved(NOISE, "GIF", save_all=True, append_images=[NOISE.rotate(90), NOISE.rotate(180)]),
    "webp": saved(NOISE, "WEBP"),
    "bmp": saved(NOISE, "BMP"),
}


@pytest.mark.parametrize("kind", ODD)
def test_odd_pictures_are_let_in_and_come_as_their_first_frame(kind):
    picture = read_picture(ODD[kind], "here", decode=True)
    assert min(picture.size) >= 1
    assert getattr(picture, "tell", lambda: 0)() == 0


BROKEN = {
    "empty": (b"", "it is empty"),
    "text": (b"hello, this is no picture", "not a picture"),
    "header only": (GOOD[:20], "broken"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
    "eps": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n%%EndComments\n", "not a picture"),
    "bomb": (header(50_000), "too large"),
    "large": (header(10_001), "too large"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_or_huge_picture_names_story_and_frame(tmp_path, kind):
    content, told = BROKEN[kind]
    path = write(tmp_path, [{"story_id": "s1", "frames": [GOOD, content], "captions": ["a", "b"]}])
    with pytest.raises(FabulaError, match=told) as error:
        list(open_source(path).stories("all"))
    assert "x.parquet, row 1, story 's1', frame 2: " in str(error.value)
    assert "\n" not in str(error.value)


def test_a_picture_that_breaks_off_in_the_middle_names_its_file(tmp_path):
    (tmp_path / "1.jpg").write_bytes(saved(NOISE, "JPEG")[:-300])
    with pytest.raises(FabulaError, match=r"1\.jpg: the picture is broken"):
        list(open_source(str(tmp_path)).stories("all"))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(ODD)), st.integers(0, 5000), st.binary(max_size=8), st.booleans())
def test_any_broken_bytes_are_a_picture_or_one_line(kind, place, put, cut):
    held = ODD[kind]
    place %= len(held)
    held = held[:place] + put + (b"" if cut else held[place + len(put) :])
    told = ""
    try:
        assert read_picture(held, "here", decode=True).size
    except FabulaError as error:
        told = str(error)
    assert not told or (told.startswith("here: the picture is ") and "\n" not in told)


def write(folder, rows, name="x.parquet"):
    pq.write_table(pa.Table.from_pylist(rows), folder / name)
    return str(folder / name)


def lines(folder, *rows):
    (folder / "x.jsonl").write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows))
    return str(folder / "x.jsonl")


GONE = {"frames": ["gone.png"], "captions": ["a"]}
ROWS = {
    "unequal": ({"frames": [GOOD, GOOD], "captions": ["a"]}, "2 pictures and 1 captions"),
    "no list": ({"frames": [GOOD], "captions": "one text"}, "captions is one str 'one text' without <gdi> markup"),
    "number": ({"frames": [GOOD], "captions": [3]}, "frame 1: the caption is int 3"),
    "null picture": ({"frames": [None, GOOD], "captions": ["a", "b"]}, "frame 1: no picture"),
    "no path": (GONE, "frame 1: no file 'gone.png' in "),
    "address": ({"frames": ["https://a.b/c.png"], "captions": ["a"]}, "is an address; download"),
    "picture not in a list": ({"frames": GOOD, "captions": ["a"]}, "frames is bytes; expected a list"),
    "reasons": ({"frames": [GOOD], "captions": ["a"], "reason": ["x", "y"]}, "1 frames, but reason is 2 reasons"),
    "one reason": ({"frames": [GOOD], "captions": ["a"], "reason": "x"}, "reason is one str"),
    "scenes": ({"frames": [GOOD], "captions": ["a"], "scenes": "{"}, "scenes is not JSON"),
}


@pytest.mark.parametrize("kind", ROWS)
def test_a_row_that_is_no_story_is_named(tmp_path, kind):
    row, told = ROWS[kind]
    path = write(tmp_path, [{"story_id": "fine", "frames": [], "captions": []} | {"story_id": "s1"} | row])
    with pytest.raises(FabulaError) as error:
        list(open_source(path).stories("all"))
    assert told in str(error.value)
    assert "x.parquet, row 1, story 's1'" in str(error.value)


def test_captions_that_are_empty_missing_huge_or_full_of_control_characters_are_let_in(tmp_path):
    texts = [
        "",
        None,
        "word " * 100_000,
        "a\0b\x1b[31m",
        "\U0001f469\u200d\U0001f680 ok\r\n\u202e!",
        " kept  as it is ",
    ]
    path = write(tmp_path, [{"frames": [GOOD] * 6, "captions": texts}])
    (story,) = open_source(path).stories("all")
    assert [frame.caption for frame in story.frames] == [
        "",
        "",
        texts[2],
        "ab[31m",
        "\U0001f469\u200d\U0001f680 ok\n\u202e!",
        " kept  as it is ",
    ]
    assert count_repairs(story.repairs) == {
        "caption missing: it is empty now": 1,
        "characters dropped: control characters": 1,
    }


def test_a_story_without_frames_is_a_story(tmp_path):
    path = lines(tmp_path, {"id": "a", "frames": [], "captions": []}, {"id": "b", "frames": None, "captions": None})
    assert [(story.id, story.frames) for story in open_source(path).stories("all")] == [("a", ()), ("b", ())]


def test_half_a_surrogate_from_json_can_be_written_again(tmp_path):
    (tmp_path / "1.png").write_bytes(GOOD)
    path = lines(tmp_path, '{"frames": ["1.png"], "captions": ["a\\ud800b"]}')
    (story,) = open_source(path).stories("all")
    assert story.frames[0].caption.encode() == b"ab"


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["{"], "x.jsonl:1: not JSON"),
        (['{"frames": [], "captions": []}', "[1]"], "x.jsonl:2: list; expected an object"),
        ([""], "no story in it"),
        (["[" * 100_000], "x.jsonl:1: not JSON"),
        (['{"pictures": [], "captions": []}'], "no column of pictures"),
        (['{"frames": [], "captions": []}', '{"frames": []}'], "x.jsonl:2: no column of captions"),
    ],
)
def test_lines_that_are_no_stories_are_named(tmp_path, rows, told):
    path = lines(tmp_path, *rows)
    with pytest.raises(FabulaError) as error:
        list(open_source(path).stories("all"))
    assert told in str(error.value)


def test_a_misspelt_column_gets_what_was_meant_and_what_there_is(tmp_path):
    path = write(tmp_path, [{"frames": [GOOD], "captions": ["a"]}])
    with pytest.raises(
        FabulaError, match=r"data\.captions_key: unknown 'caption'\. Did you mean 'captions'\? Choose from"
    ):
        open_source(path, Data(captions_key="caption"))
    path = write(tmp_path, [{"frame": [GOOD], "captions": ["a"]}])
    with pytest.raises(FabulaError, match=r"unknown 'frames'\. Did you mean 'frame'\?.*data\.frames_key"):
        open_source(path)


def test_names_of_sources_that_are_not_there(tmp_path):
    (tmp_path / "stories.parquet").write_bytes(b"")
    (tmp_path / "notes.md").write_text("x")
    (tmp_path / "empty").mkdir()
    for name, told in {
        "wrld": "unknown 'wrld'. Did you mean 'world'?",
        "world:3": "the world is called 'world' alone",
        "parqet:x": "Did you mean 'parquet'?",
        "nowhere/at/all": "no file or folder 'nowhere/at/all'; sources are world, hub:",
        f"parquet:{tmp_path}/storys.parquet": f"Did you mean '{tmp_path}/stories.parquet'?",
        "parquet:": "no file or folder ''",
        f"{tmp_path}/notes.md": "neither a .parquet nor a .jsonl file nor a folder",
        f"{tmp_path}/empty": "no story in it",
        f"parquet:{tmp_path}/empty": "no file *.parquet in",
        f"folder:{tmp_path}/notes.md": "a file; expected a folder",
        f"{tmp_path}/stories.parquet": "not a parquet file that can be read",
        "hub:nobody": "expected hub:OWNER/NAME",
        "": "no file or folder ''",
    }.items():
        with pytest.raises(FabulaError) as error:
            open_source(name)
        assert told in str(error.value), name
        assert "\n" not in str(error.value)


def test_a_truncated_parquet_file_and_a_missing_shard_are_told(tmp_path):
    path = tmp_path / "train-00000-of-00002.parquet"
    write(tmp_path, [{"frames": [GOOD], "captions": ["a"]}], path.name)
    with pytest.raises(FabulaError, match="1 of the 2 files train"):
        open_source(str(tmp_path))
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(FabulaError, match="not a parquet file"):
        open_source(str(path))


def test_a_parquet_file_broken_in_its_pages_is_told_when_it_is_read(tmp_path):
    noise = saved(NOISE)
    path = tmp_path / "x.parquet"
    write(tmp_path, [{"frames": [noise], "captions": ["a"]}] * 3, path.name)
    held = bytearray(path.read_bytes())
    held[4:200] = bytes(196)
    path.write_bytes(held)
    with pytest.raises(FabulaError, match=r"x\.parquet"):
        list(open_source(str(path)).stories("all"))


def test_two_data_sets_in_one_folder_are_not_mixed(tmp_path):
    for name in ("easy", "hard"):
        (tmp_path / name).mkdir()
        write(tmp_path / name, [{"frames": [GOOD], "captions": ["a"]}], "train.parquet")
    with pytest.raises(FabulaError, match="several data sets, in easy, hard"):
        open_source(str(tmp_path))
    assert open_source(str(tmp_path / "easy")).splits == ("train",)


def test_two_pictures_of_one_number_are_told(tmp_path):
    for name in ("1.png", "01.png", "2.png"):
        (tmp_path / name).write_bytes(GOOD)
    with pytest.raises(FabulaError, match=r"01\.png and 1\.png are both number 1"):
        list(open_source(str(tmp_path)).stories("all"))


def test_an_unchanged_file_is_digested_once(tmp_path):
    noise = saved(Image.fromarray(np.random.default_rng(1).integers(0, 255, (900, 900, 3), np.uint8)))
    path = write(tmp_path, [{"frames": [noise] * 4, "captions": ["a"] * 4}] * 4)
    first = open_source(path).digest("all")
    began = time.process_time()
    assert open_source(path).digest("all") == first
    assert time.process_time() - began < 0.5
