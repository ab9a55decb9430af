"""Every fault is planted, and found by its name in its place; faults alone leave the exit code 0."""

import json

import pytest
from planted import audited, png, story, with_frame, write

from fabula.audit.new_names import names_of


@pytest.fixture
def train():
    return [story("train", index) for index in range(6)]


def only(found, name):
    each = found[name, "train"]
    return each["severity"], each["count"], [example["text"] for example in each["examples"]]


def at(told, frame):
    return f"train story {told.id}, frame {frame}"


def test_empty_captions(capsys, tmp_path, train):
    changed = [with_frame(train[0], 2, caption="  "), *train[1:]]
    code, found = audited(capsys, write(tmp_path, train=changed, test=[story("test", 0)]))
    assert (code, only(found, "empty captions")) == (0, ("fault", 1, [at(train[0], 3)]))


def test_constant_captions_and_captions_repeated_often(capsys, tmp_path, train):
    same = train[1]
    for number in range(len(same.frames)):
        same = with_frame(same, number, caption="A frame.")
    often = [with_frame(each, 0, caption="A frame.") for each in train[2:]]
    _, found = audited(capsys, write(tmp_path, train=[same, *often], test=[story("test", 0)]))
    times = len(same.frames) + len(often)
    assert times >= 10
    assert only(found, "constant captions") == ("fault", 1, [f"train story {same.id}: 'A frame.'"])
    assert only(found, "captions repeated often") == ("fault", times, [f"{times} times: 'A frame.'"])


def test_short_stories_follow_from_the_context(capsys, tmp_path, train):
    source = write(tmp_path, train=train, test=[story("test", 0)])
    longest = max(len(each.frames) for each in train)
    _, found = audited(capsys, source, "--context", longest)
    assert only(found, "short stories")[:2] == ("fault", len(train))
    _, found = audited(capsys, source, "--context", 1)
    assert ("short stories", "train") not in found


def test_a_torn_picture(capsys, tmp_path, train):
    whole = png(train[3].frames[1].picture)
    torn = with_frame(train[3], 1, picture=whole[: len(whole) // 2])
    code, found = audited(capsys, write(tmp_path, train=[*train[:3], torn], test=[story("test", 0)]))
    severity, count, [text] = only(found, "broken pictures")
    assert (code, severity, count) == (0, "fault", 1)
    assert text.startswith(at(train[3], 2))


def test_wrong_boxes_entities_without_mention_and_repairs(capsys, tmp_path):
    (tmp_path / "one.png").write_bytes(png(story("train", 0).frames[0].picture))
    rows = ["| char1 | Bob | 20,10,500,60 |", "| char2 | Ann | 9,9,9,9 |", "| char3 | Eve | 1,1,20,20 |"]
    table = "\n".join(["| Character ID | Name | Bounding Box |", "|---|---|---|", *rows])
    row = {
        "story_id": "7",
        "images": ["one.png"],
        "story": "<gdi image1><gdo char1>Bob</gdo> sees <gdo char2>Ann</gdo> and <gdf>nobody</gdf>.</gdi>",
        "chain_of_thought": f"## Image 1\n### Characters\n{table}\n",
    }
    (tmp_path / "train.jsonl").write_text(json.dumps(row))
    code, found = audited(capsys, f"jsonl:{tmp_path}")
    severity, count, texts = only(found, "wrong boxes")
    assert (code, severity, count) == (0, "fault", 2)
    assert "box clamped to the picture (image 1, char1" in texts[0]
    assert "box dropped: empty" in texts[1]
    assert only(found, "entities without mention") == ("note", 1, ["train story 7, frame 1: char3 Eve"])
    assert only(found, "repairs")[2] == ["1 times: tag dropped: unknown"]


def test_names_that_no_context_has(capsys, tmp_path, train):
    told = train[0]
    for number in range(len(told.frames)):
        told = with_frame(told, number, caption=f"Then Mia walked {number} miles with her old dog.")
    told = with_frame(told, 2, caption="Then Mia met Zorba by the well.")
    _, found = audited(capsys, write(tmp_path, train=[told], test=[story("test", 0)]), "--context", 2)
    assert only(found, "names only in targets") == ("note", 1, [f"{at(told, 3)}: Zorba"])


def test_names_are_known_by_their_spelling():
    told = names_of(
        [
            "The dog saw Mia. Dogs run.",
            "\u201cWell,\u201d said Mia\u2019s dog, \u201cthe cat is Tom.\u201d I slept.",
            "Tom ran.",
        ]
    )
    assert told == [{"Mia"}, {"Mia", "Tom"}, {"Tom"}]
