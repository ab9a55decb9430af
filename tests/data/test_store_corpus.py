"""A corpus: any source made ready for a run, every caption accounted for, nothing on two sides."""

import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from fabula.data import captions, decode
from fabula.data.corpus import open_corpus, open_split
from fabula.data.store import open_store
from fabula.errors import FabulaError
from fabula.recipe import Data
from fabula.story import Size
from fabula.tokenizer import Tokenizer

COUNTS = {"train": [5, 4, 2], "validation": [4], "test": [3, 6]}


def write(folder, counts=COUNTS, seed=0):
    folder.mkdir(exist_ok=True)
    dice = np.random.default_rng(seed)
    for split, sizes in counts.items():
        rows = []
        for number, count in enumerate(sizes):
            frames = [f"{split}{number}-{i}.png" for i in range(count)]
            for frame in frames:
                Image.fromarray(dice.integers(0, 256, (9, 14, 3), dtype=np.uint8)).save(folder / frame)
            said = [f"{split} story {number} frame {i}" + " and on" * 9 * (i == 0) for i in range(count)]
            rows.append({"story_id": f"{split}{number}", "frames": frames, "captions": said})
        (folder / f"{split}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return Data(source=f"jsonl:{folder}", context=2, picture_size=Size(6, 10), caption_length=24, vocabulary=300)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("FABULA_CACHE", str(tmp_path / "cache"))


def test_all_splits_are_made_ready(tmp_path):
    corpus = open_corpus(write(tmp_path / "data"))
    assert {name: len(windows) for name, windows in corpus.windows.items()} == {"train": 5, "validation": 2, "test": 5}
    assert corpus.splits["train"].too_short == ["train2"]
    lengths = {name: corpus.tokenizer.count(store.captions) for name, store in corpus.stores.items()}
    assert corpus.truncated == {name: (length > 23).mean() for name, length in lengths.items()}
    assert corpus.truncated["test"] == 2 / 9
    assert corpus.notes()[:2] == [
        "train: 0.0% of 11 captions are longer than 24 tokens and are cut",
        "train: 1 stories of fewer than 3 frames left out: train2",
    ]
    split = corpus.splits["test"]
    window = split.windows[1]
    assert [frame.caption[:20] for frame in split.context(window)] == ["test story 1 frame 0", "test story 1 frame 1"]
    assert split.target(window).caption == "test story 1 frame 2"


def test_the_tokenizer_has_read_train_alone(tmp_path):
    corpus = open_corpus(write(tmp_path / "data"))
    assert corpus.tokenizer.text == Tokenizer.train(corpus.stores["train"].captions, 300).text
    only = open_corpus(write(tmp_path / "data"), splits=["test"])
    assert only.tokenizer.text == corpus.tokenizer.text
    assert list(only.splits) == ["test"]


def test_a_second_opening_decodes_and_learns_nothing(tmp_path, monkeypatch):
    data = write(tmp_path / "data")
    first = open_corpus(data)
    for place, name in ((decode, "_decode"), (captions.Tokenizer, "encode")):
        monkeypatch.setattr(place, name, None)
    second = open_corpus(data)
    assert second.tokenizer.text == first.tokenizer.text
    assert (second.splits["test"].captions.ids == first.splits["test"].captions.ids).all()


def test_the_same_story_or_picture_on_two_sides_is_named(tmp_path):
    data = write(tmp_path / "one")
    rows = (tmp_path / "one" / "train.jsonl").read_text()
    (tmp_path / "one" / "test.jsonl").write_text(rows.splitlines()[0])
    with pytest.raises(FabulaError, match=r"splits leak: story 'train0' stands in train and in test"):
        open_corpus(data)
    renamed = json.loads(rows.splitlines()[1]) | {"story_id": "other"}
    (tmp_path / "one" / "test.jsonl").write_text(json.dumps(renamed))
    with pytest.raises(FabulaError, match=r"train story 'train1' frame 1 and test story 'other' frame 1 are the same"):
        open_corpus(data)


def test_a_source_that_was_never_seen_is_one_split_or_its_test(tmp_path):
    ours = open_corpus(write(tmp_path / "data")).tokenizer
    theirs = write(tmp_path / "theirs", seed=5)
    assert open_split(theirs, None, ours).name == "test"
    assert open_split(theirs, "validation", ours).name == "validation"
    whole = replace(theirs, source=f"jsonl:{tmp_path / 'theirs' / 'train.jsonl'}")
    assert len(open_split(whole, None, ours).store.ids) == 3


def test_what_training_carves_out_can_be_evaluated(tmp_path):
    data = write(tmp_path / "data", {"only": [3] * 20})
    data = replace(data, source=f"jsonl:{tmp_path / 'data' / 'only.jsonl'}")
    corpus = open_corpus(data)
    assert "carved out" in corpus.notes()[0]
    assert open_split(data, "test", corpus.tokenizer).store.ids == corpus.stores["test"].ids
    assert not set(corpus.stores["test"].ids) & set(corpus.stores["train"].ids)


def test_stories_that_are_all_too_short_are_told(tmp_path):
    data = replace(write(tmp_path / "data"), context=7)
    with pytest.raises(FabulaError, match=r"'train' has no story of 8 frames \(longest: 5\); lower data\.context"):
        open_corpus(data)


def test_a_wrong_tokenizer_is_found_before_anything_is_decoded(tmp_path, monkeypatch):
    data = write(tmp_path / "data")
    monkeypatch.setattr(decode, "_decode", None)
    for wrong in (replace(data, vocabulary=9), replace(data, tokenizer="absent.json")):
        with pytest.raises(FabulaError, match=r"too small|no such tokenizer"):
            open_corpus(wrong)


def test_captions_of_any_kind_go_through(tmp_path):
    data = write(tmp_path / "data")
    row = json.loads((tmp_path / "data" / "train.jsonl").read_text().splitlines()[0])
    row["captions"] = ["", "word " * 100_000, "🐕‍🦺 \x00\x07\u202e", "\ud83d half", "plain"]
    (tmp_path / "data" / "train.jsonl").write_text(json.dumps(row))
    corpus = open_corpus(data)
    assert corpus.splits["train"].captions.truncated.tolist() == [False, True, False, False, False]
    assert open_store(data, "train").captions[1].startswith("word word")
