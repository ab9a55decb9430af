"""Splits that do not leak."""

import io
import itertools
import re

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from fabula.data.open import open_source
from fabula.data.splits import MOST_GUARD, carve, check_leaks, for_training, natural, split_ids
from fabula.errors import FabulaError


@settings(max_examples=50, deadline=None)
@given(st.integers(10, 5000))
def test_carving_takes_a_tenth_in_blocks_with_a_guard_at_every_border(number):
    ids = [str(each) for each in range(number)]
    kept, carved, guard = carve(ids, "here")
    assert sorted([*kept, *carved, *guard]) == list(range(number))
    assert len(carved) == number // 10
    side = min(MOST_GUARD, max(1, number // 200))
    assert len(guard) <= 2 * 4 * side
    near = {place + step for place in carved for step in range(-side, side + 1)}
    assert not near & {*kept}


def test_story_reasoning_gives_355_stories_in_four_blocks_or_fewer():
    kept, carved, guard = carve([str(each) for each in range(3552)], "here")
    blocks = 1 + sum(after != before + 1 for before, after in itertools.pairwise(carved))
    assert (len(kept), len(carved), len(guard), blocks) == (3101, 355, 96, 3)


@settings(max_examples=30, deadline=None)
@given(st.permutations([str(each) for each in range(60)]))
def test_carving_follows_the_ids_and_not_the_order_of_the_rows(ids):
    chosen = carve(ids, "here")
    plain = carve([str(each) for each in range(60)], "here")
    for part, same in zip(chosen, plain, strict=True):
        assert {ids[place] for place in part} == {str(place) for place in same}


def test_ids_are_sorted_by_their_numbers():
    assert sorted(["a10", "a9", "10", "9", "b", "a"], key=natural) == ["9", "10", "a", "a9", "a10", "b"]


def png(shade):
    buffer = io.BytesIO()
    Image.fromarray(np.full((2, 2, 3), shade, np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


def write(path, first, count):
    ids = range(first, first + count)
    rows = [{"story_id": str(each), "frames": [png(each)], "captions": [f"story {each}"]} for each in ids]
    pq.write_table(pa.Table.from_pylist(rows), path)


def test_validation_is_carved_where_there_are_train_and_test_alone(tmp_path):
    write(tmp_path / "train.parquet", 0, 40)
    write(tmp_path / "test.parquet", 40, 5)
    source = open_source(str(tmp_path))
    assert source.splits == ("train", "validation", "test")
    ids = split_ids(source)
    assert {split: len(names) for split, names in ids.items()} == {"train": 34, "validation": 4, "test": 5}
    for split in source.splits:
        assert [story.id for story in source.stories(split)] == ids[split]
        assert source.count(split) == len(ids[split])
    assert [story.id for story in source.stories("validation", places={1})] == ids["validation"][1:2]
    assert source.notes == (
        "validation (4 stories) carved out of train in blocks of neighbouring ids; "
        "34 stay in train, 2 at the borders dropped",
    )
    assert len({source.digest(split) for split in source.splits}) == 3
    assert for_training(source) is source


def test_one_split_is_evaluated_whole_and_carved_for_training(tmp_path):
    write(tmp_path / "x.parquet", 0, 50)
    source = open_source(str(tmp_path / "x.parquet"))
    assert source.splits == ("all",)
    carved = for_training(source)
    ids = split_ids(carved)
    assert {split: len(names) for split, names in ids.items()} == {"train": 37, "validation": 4, "test": 5}
    assert not {*ids["train"]} & {*ids["test"]}
    check_leaks({split: [(name, 1, name) for name in names] for split, names in ids.items()})


def test_what_cannot_be_carved_is_told(tmp_path):
    write(tmp_path / "x.parquet", 0, 5)
    write(tmp_path / "test.parquet", 0, 5)
    with pytest.raises(FabulaError, match="5 stories are too few to carve"):
        for_training(open_source(str(tmp_path / "x.parquet")))
    (tmp_path / "x.parquet").unlink()
    with pytest.raises(FabulaError, match=r"no split 'train' to learn from; it has test"):
        for_training(open_source(str(tmp_path)))


def rows(*told):
    return [(story, number, picture) for story, number, picture in told]


def test_a_story_on_two_sides_is_named():
    with pytest.raises(FabulaError, match=r"x: splits leak: story 'b' stands in train and in test"):
        check_leaks({"train": rows(("a", 1, "p"), ("b", 1, "q")), "test": rows(("b", 1, "r"))}, "x")


def test_a_picture_on_two_sides_names_both_stories_and_counts_the_rest():
    train = rows(("a", 1, b"p"), ("a", 2, b"q"))
    told = "train story 'a' frame 2 and test story 'c' frame 7 are the same picture (and 1 more)"
    with pytest.raises(FabulaError, match=re.escape(told)):
        check_leaks({"train": train, "test": rows(("c", 7, b"q"), ("c", 8, b"p"))})


def test_what_stands_twice_on_one_side_or_has_no_content_is_no_leak():
    check_leaks(
        {"train": rows(("a", 1, "p"), ("a", 2, "p"), ("b", 1, None)), "test": rows(("c", 1, None), ("c", 2, "q"))}
    )
