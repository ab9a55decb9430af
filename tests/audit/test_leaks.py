"""Every leak is planted, and found by its name with the right pair; what does not leak is not called so."""

from dataclasses import replace

import pytest
from planted import CHANGES, audited, mirrored, story, with_frame, write

PARAGRAPH = (
    "When the long rain had ended the old ferryman tied his boat to the willow and counted the coins that the market "
    "women had left him, one for each basket, and two for the goat that would not sit still."
)


@pytest.fixture
def train():
    return [story("train", index) for index in range(6)]


@pytest.fixture
def test():
    return [story("test", index) for index in range(4)]


def leaks(found):
    return {name for (name, *_), each in found.items() if each["leaks"]}


def test_a_clean_world_does_not_leak(capsys, tmp_path, train, test):
    code, found = audited(capsys, write(tmp_path, train=train, test=test))
    assert code == 0
    assert leaks(found) == set()


@pytest.mark.parametrize("change", CHANGES)
def test_a_picture_that_was_saved_again_is_found(capsys, tmp_path, train, test, change):
    copied = CHANGES[change](train[3].frames[2].picture)
    changed = [test[0], with_frame(test[1], 1, picture=copied), *test[2:]]
    code, found = audited(capsys, write(tmp_path, train=train, test=changed))
    assert code == 1
    assert leaks(found) == {"near-identical pictures"}
    leak = found["near-identical pictures", "train", "test"]
    assert leak["count"] == 1
    mine, theirs = leak["examples"][0]["sides"]
    assert (mine["story"], mine["frame"]) == (test[1].id, 1)
    assert theirs["story"] == train[3].id  # frames of one shot may be as near as the frame itself


def test_a_mirrored_picture_is_found(capsys, tmp_path, train, test):
    changed = [with_frame(test[0], 3, picture=mirrored(train[2].frames[1].picture)), *test[1:]]
    code, found = audited(capsys, write(tmp_path, train=train, test=changed))
    assert (code, leaks(found)) == (1, {"mirrored pictures"})
    leak = found["mirrored pictures", "train", "test"]
    mine, theirs = leak["examples"][0]["sides"]
    assert (leak["count"], mine["story"], mine["frame"], theirs["story"]) == (1, test[0].id, 3, train[2].id)


def test_a_whole_caption_is_found_whatever_its_typesetting(capsys, tmp_path, train, test):
    said = train[2].frames[1].caption
    changed = [with_frame(test[0], 2, caption=said.upper().replace(",", " -")), *test[1:]]
    code, found = audited(capsys, write(tmp_path, train=train, test=changed))
    assert (code, leaks(found)) == (1, {"repeated captions"})
    [example] = found["repeated captions", "train", "test"]["examples"]
    assert example["text"].startswith(f"test story {test[0].id}, frame 3 = train story {train[2].id}, frame 2:")


def test_one_short_caption_among_hundreds_may_come_twice_by_itself(capsys, tmp_path, train):
    test = [story("test", index) for index in range(13)]
    assert sum(len(each.frames) for each in test) > 100
    for said, expected in (("Ada set off and soon came to the sunny meadow.", 0), (PARAGRAPH, 1)):
        told = [with_frame(each[0], 0, caption=said) for each in (train, test)]
        source = write(tmp_path / str(expected), train=[told[0], *train[1:]], test=[told[1], *test[1:]])
        code, found = audited(capsys, source)
        assert (code, found["repeated captions", "train", "test"]["count"]) == (expected, 1)


def test_a_caption_told_again_is_found_and_marked(capsys, tmp_path, train, test):
    again = "So it came about. " + PARAGRAPH.replace("two for the goat", "three for the goat")
    source = write(
        tmp_path,
        train=[with_frame(train[0], 0, caption=PARAGRAPH), *train[1:]],
        test=[*test[:3], with_frame(test[3], 1, caption=again)],
    )
    code, found = audited(capsys, source)
    assert (code, leaks(found)) == (1, {"retold captions"})
    [example] = found["retold captions", "train", "test"]["examples"]
    assert example["text"].startswith(f"test story {test[3].id}, frame 2 and train story {train[0].id}, frame 1:")
    mine, theirs = example["sides"]
    assert again[mine["marks"][0][0] :].startswith("When the long rain")
    assert PARAGRAPH[theirs["marks"][0][0] :].startswith("When the long rain")
    assert all("three" not in again[start:end] for start, end in mine["marks"])


def test_a_formula_is_a_phrase_and_no_leak(capsys, tmp_path, train, test):
    opening = "Once upon a time in a land far away there lived "
    formula = [with_frame(each, 0, caption=opening + f"somebody whom all called {n}.") for n, each in enumerate(train)]
    heard = with_frame(test[2], 0, caption=opening + "a fox.")
    code, found = audited(capsys, write(tmp_path, train=formula, test=[*test[:2], heard, test[3]]))
    assert code == 0
    phrases = found["shared phrases", "train", "test"]
    assert phrases["severity"] == "note"
    assert any(example["text"].startswith(f"test story {heard.id}, frame 1") for example in phrases["examples"])


def test_short_words_may_come_again(capsys, tmp_path, train, test):
    ended = [with_frame(each, -1, caption="And that was the end.") for each in (train[0], test[0])]
    code, _ = audited(capsys, write(tmp_path, train=[ended[0], *train[1:]], test=[ended[1], *test[1:]]))
    assert code == 0


def test_the_same_id_is_found(capsys, tmp_path, train, test):
    code, found = audited(capsys, write(tmp_path, train=train, test=[replace(test[0], id=train[4].id), *test[1:]]))
    assert (code, leaks(found)) == (1, {"same story: id"})
    assert found["same story: id", "train", "test"]["examples"][0]["text"].startswith(f"test story {train[4].id} = ")


def test_the_same_title_is_found_where_titles_tell_stories_apart(capsys, tmp_path, train, test):
    titled = [[replace(each, title=f"{n} {split}") for n, each in enumerate(stories)] for split, stories in
              (("kites", train), ("boats", test))]  # fmt: skip
    titled[1][2] = replace(titled[1][2], title="5 Kites!")
    code, found = audited(capsys, write(tmp_path, train=titled[0], test=titled[1]))
    assert (code, leaks(found)) == (1, {"same story: title"})
    assert f"test story {test[2].id} = train story {train[5].id}" in str(found["same story: title", "train", "test"])


def test_titles_that_many_stories_have_are_a_note(capsys, tmp_path, train, test):
    stories = [[replace(each, title="A Gift") for each in split] for split in (train, test)]
    code, found = audited(capsys, write(tmp_path, train=stories[0], test=stories[1]))
    assert code == 0
    assert found["same story: title", "train", "test"]["severity"] == "note"
