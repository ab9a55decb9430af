"""Every fault is planted, and found by its name in its place; faults alone leave the exit code 0."""

import json

import pytest
from planted import audited, png, story, with_frame, write, write_folders

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


UNREADABLE = {
    "no picture at all": (b"Once upon a time", "the picture is broken (not a picture that can be read)"),
    "nothing": (b"", "the picture is broken (it is empty)"),
    "of no size": (b"P6 0 4 255\n", "the picture is"),
    "absent": (None, "no picture; give bytes, a path or base64"),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_a_story_that_cannot_be_read_is_found_and_the_others_are_looked_at(capsys, tmp_path, train, kind):
    content, said = UNREADABLE[kind]
    changed = [train[0], with_frame(train[1], 2, picture=content), *train[2:]]
    shared = with_frame(story("test", 0), 1, picture=train[3].frames[1].picture)
    code, found = audited(capsys, write(tmp_path, train=changed, test=[shared]))
    severity, count, [text] = only(found, "unreadable stories")
    assert (severity, count) == ("fault", 1)
    assert f"train.parquet, row 2, story '{train[1].id}', frame 3: {said}" in text
    assert "short stories" not in {name for name, *_ in found}
    [example] = found["near-identical pictures", "train", "test"]["examples"]
    assert code == 1
    assert example["sides"][1]["story"] == train[3].id


def test_faults_of_a_folder_are_found(capsys, tmp_path, train):
    source = write_folders(tmp_path, train=train[:4], test=[story("test", 0)])
    torn, wordless, missing = (tmp_path / "train" / each.id for each in train[:3])
    (torn / "2.png").write_bytes((torn / "2.png").read_bytes()[:500])
    (wordless / "1.txt").unlink()
    (missing / "3.png").unlink()
    code, found = audited(capsys, source)
    assert code == 0
    assert f"{torn / '2.png'}: the picture is broken" in str(only(found, "unreadable stories"))
    assert only(found, "empty captions") == ("fault", 1, [f"train story train/{train[1].id}, frame 1"])
    repairs = only(found, "repairs")[2]
    assert repairs == [
        "caption missing: it is empty now: 1",
        "text file dropped: no picture of its name: 1",
    ]


def test_more_captions_than_pictures(capsys, tmp_path, train):
    rows = [{"frames": [], "captions": ["One."]}, {"frames": [], "captions": []}]
    (tmp_path / "train.jsonl").write_text("\n".join(map(json.dumps, rows)))
    _, found = audited(capsys, f"jsonl:{tmp_path}")
    severity, count, [text] = only(found, "unreadable stories")
    assert (severity, count) == ("fault", 1)
    assert "train.jsonl:1, story 'train-000000': 0 pictures and 1 captions; every frame needs one of each" in text


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
    assert only(found, "repairs")[2] == ["tag dropped: unknown: 1"]


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
