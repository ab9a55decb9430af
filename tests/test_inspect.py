"""Facts of small sources whose every number is known; the page and the dump say the same."""

import base64
import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from fabula.cli import main
from fabula.inspection.shown import pieces
from fabula.story import Mention

SPANS = st.lists(st.builds(Mention, st.just("gdo"), st.just(("char1",)), st.integers(-3, 12), st.integers(-3, 30)))
HTML = "<b>&bold</b>"


def write_split(folder, name, stories):
    """Lines of stories: captions, and a number for each picture (equal numbers, equal pictures; 0 is plain)."""
    rows = []
    for story, (captions, seeds) in stories.items():
        frames = [f"{name}-{story}-{i}.png" for i in range(len(captions))]
        for frame, seed in zip(frames, seeds, strict=True):
            pixels = np.random.default_rng(seed).integers(0, 256, (8, 12, 3), dtype=np.uint8) * (seed > 0)
            Image.fromarray(pixels).save(folder / frame)
        rows.append({"story_id": story, "frames": frames, "captions": captions, "license": "CC0"})
    (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.fixture
def source(tmp_path):
    train = {"a": (["One dog.", "Two dogs.", ""], [1, 2, 1]), "b": (["A long walk " * 30, HTML], [3, 0])}
    write_split(tmp_path, "train", train)
    write_split(tmp_path, "validation", {"c": (["One cat.", "x"], [4, 5])})
    write_split(tmp_path, "test", {"a": (["One dog runs.", "y"], [6, 2])})
    return f"jsonl:{tmp_path}"


def inspected(capsys, *arguments):
    assert main(["inspect", *map(str, arguments), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_every_number_is_right(source, capsys):
    facts = inspected(capsys, source, "--context", 1, "--context", 2, "--length", 16)
    train = facts["splits"]["train"]
    assert (train["stories"], train["frames"]) == (2, 5)
    assert train["frames_a_story"] == {"min": 2, "median": 2.5, "max": 3}
    assert train["windows"] == {"1": 3, "2": 1}
    assert train["too_short"]["2"] == {"count": 1, "examples": ["b"]}
    assert train["pictures"]["sizes"] == {"8x12": 5}
    assert train["pictures"]["identical"]["pictures"] == 2
    assert train["pictures"]["plain"] == 1
    assert train["captions"]["empty"] == 1
    assert train["captions"]["words"] == {"min": 0, "median": 2, "max": 90}
    assert train["captions"]["truncated"] == {"length": 16, "captions": 1, "share": 0.2}
    assert train["captions"]["vocabulary"] == 9
    assert facts["splits"]["test"]["captions"]["new_words"] == 0.5  # runs, y
    assert train["licences"] == {"CC0": 2}


def test_what_stands_in_two_splits_is_found(source, capsys):
    shared = {tuple(pair["splits"]): pair for pair in inspected(capsys, source)["shared"]}
    assert shared["train", "test"]["stories"] == {"count": 1, "examples": ["a"]}
    assert shared["train", "test"]["pictures"]["examples"] == ["train story a, frame 2 = test story a, frame 2"]
    assert shared["train", "validation"]["pictures"]["count"] == 0


def test_one_split_and_a_limit(source, capsys):
    facts = inspected(capsys, source, "--split", "train", "--limit", 1)
    assert list(facts["splits"]) == ["train"]
    assert facts["splits"]["train"]["stories"] == 1


def test_the_table_names_all_that_is_wrong(source, capsys):
    assert main(["inspect", source]) == 0
    told = capsys.readouterr().out
    assert re.search(r"empty captions +1 +0 +0", told)
    assert re.search(r"windows, K = 2 +1 \(1 short\) +0 \(1 short\)", told)
    assert "train and test share stories (1 in all): a" in told


def test_page_and_dump(source, tmp_path, capsys):
    page, dump = tmp_path / "page.html", tmp_path / "dump.jsonl"
    inspected(capsys, source, "--html", page, "--dump", dump)
    shown = page.read_text()
    assert shown.count("data:image/jpeg;base64,") == 9
    assert "&lt;b&gt;&amp;bold&lt;/b&gt;" in shown
    assert HTML not in shown
    assert not re.search(r"""(src|href)=["'](?!data:|#)|url\(|@import""", shown)  # nothing from elsewhere
    rows = [json.loads(line) for line in dump.read_text().splitlines()]
    assert [row["id"] for row in rows] == ["a", "b", "c", "a"]
    assert set(rows[0]) == {"id", "frames", "phases", "repairs"}
    assert rows[0]["frames"][1]["caption"] == "Two dogs."


def test_markup_is_drawn(tmp_path, capsys):
    Image.new("RGB", (200, 100), "red").save(tmp_path / "one.png")
    table = (
        "| Character ID | Name | Bounding Box |\n|---|---|---|\n| char1 | Bob | 20,10,100,60 |\n| char2 | Ann | n/a |"
    )
    row = {
        "story_id": "7",
        "images": ["one.png"],
        "story": "<gdi image1><gdo char1>The man</gdo> <gda char1>walks</gda>.</gdi>",
        "chain_of_thought": f"## Image 1\n### Characters\n{table}\n",
    }
    (tmp_path / "one.jsonl").write_text(json.dumps(row))
    page = tmp_path / "page.html"
    facts = inspected(capsys, f"jsonl:{tmp_path / 'one.jsonl'}", "--html", page)["splits"]["all"]
    assert (facts["beside"]["mentions"], facts["beside"]["boxes"]) == (2, 1)
    assert facts["repairs"]["kinds"]["box dropped: not numbers"] == 1
    shown = page.read_text()
    assert "left: 10.0%; top: 10.0%; width: 40.0%; height: 50.0%" in shown
    assert re.search(r'<mark class="gda"[^>]*>walks</mark>', shown)


@pytest.mark.parametrize("split", ["test", "hard"])
def test_the_world_can_be_inspected(capsys, split):
    facts = inspected(capsys, "world", "--split", split, "--limit", 2, "--size", "30x60")
    assert facts["splits"][split]["pictures"]["sizes"] == {"30x60": facts["splits"][split]["frames"]}


def test_a_torn_picture_is_counted_not_fatal(source, tmp_path, capsys):
    pixels = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "whole.jpg")
    whole = (tmp_path / "whole.jpg").read_bytes()
    torn = base64.b64encode(whole[: len(whole) // 2]).decode()
    (tmp_path / "torn.jsonl").write_text(json.dumps({"id": "t", "frames": [torn], "captions": ["x"]}))
    facts = inspected(capsys, f"jsonl:{tmp_path / 'torn.jsonl'}", "--html", tmp_path / "page.html")
    assert facts["splits"]["all"]["pictures"]["unreadable"]["count"] == 1


@given(st.text(max_size=20), SPANS)
def test_pieces_join_to_the_caption(caption, mentions):
    assert "".join(piece.text for piece in pieces(caption, mentions)) == caption


def test_the_innermost_mention_counts():
    outer, inner = Mention("gda", ("char1",), 0, 10), Mention("gdo", ("obj1",), 4, 7)
    assert [(p.text, p.tag) for p in pieces("takes dog, and", [outer, inner])] == [
        ("take", "gda"),
        ("s d", "gdo"),
        ("og,", "gda"),
        (" and", ""),
    ]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nothing-here"], "no file or folder 'nothing-here'"),
        (["word"], "Did you mean 'world'"),
        (["world", "--size", "big"], "--size: expected HEIGHTxWIDTH"),
        (["world", "--split", "tset"], "world: split: unknown 'tset'. Did you mean 'test'"),
        (["world", "--limit", "1", "--size", "16x16", "--tokenizer", "absent.json"], "absent.json: no such tokenizer"),
        (["world", "--limit", "1", "--size", "16x16", "--vocabulary", "9"], "9 is too small"),
        (["world", "--limit", "1", "--size", "16x16", "--html", "/dev/null/x/page.html"], "cannot write"),
        (["world", "--context", "0"], "--context"),
        (["world", "--context", "four"], "--context"),
    ],
)
def test_mistakes_are_one_line(arguments, told, capsys):
    assert main(["inspect", *arguments]) == 2
    captured = capsys.readouterr()
    assert told in captured.err
    assert captured.err.count("\n") == 1
    assert captured.out == ""
