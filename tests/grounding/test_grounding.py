"""Told boxes against the world's exact ones: truth is 1, shifted boxes fall, shuffled images only pooling forgives."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabula.cli import main
from fabula.data.open import open_source
from fabula.grounding import Claim, ToldStory, ground, read_told, true_stories
from fabula.grounding.truth import TrueStory, true_story
from fabula.recipe import Data, World
from fabula.story import Box, Size
from fabula.world import make_story
from fabula.world.table import write_table

STORIES = [make_story("test", 0, index, Size(60, 125)) for index in range(4)]
TRUE = {story.id: true_story(story) for story in STORIES}


def told(shift=0, scale=1.0, score=None, image=lambda number, count: number, name=lambda name: name):
    return [
        ToldStory(
            "here:1",
            story,
            tuple(
                Claim(
                    image(number, len(true.sizes)),
                    name(id),
                    (box.left + shift, box.top, box.left + shift + (box.right - box.left) * scale, box.bottom),
                    score,
                )
                for (number, id), box in true.boxes.items()
            ),
        )
        for story, true in TRUE.items()
    ]


def f1(found, kind="all"):
    return found["scores"][kind]["f1"]["value"]


def test_the_truth_is_perfect_in_every_kind():
    found = ground(told(score=1.0), TRUE)
    assert set(found["scores"]) == {"character", "object", "landmark", "all"}
    for numbers in (*found["scores"].values(), *found["pooled"]["scores"].values()):
        for share in ("precision", "recall", "f1"):
            assert numbers[share] == {"value": 1.0, "low": 1.0, "high": 1.0}
        assert numbers["average_precision"] == pytest.approx(1.0)
        assert numbers["right"] == numbers["told"] == numbers["true"] > 0
    assert found["mean_average_precision"] == pytest.approx(1.0)
    assert found["scores"]["all"]["true"] == sum(len(story.boxes) for story in TRUE.values())


def test_the_further_boxes_are_shifted_the_fewer_are_right():
    ladder = [f1(ground(told(shift), TRUE)) for shift in (0, 3, 6, 12, 200)]
    assert ladder[0] == 1
    assert ladder[-1] == 0
    assert ladder == sorted(ladder, reverse=True)
    assert len(set(ladder)) > 3


def test_a_box_half_as_wide_is_right_and_a_narrower_one_is_not():
    assert f1(ground(told(scale=0.5), TRUE)) == 1  # exactly .5 is enough
    assert f1(ground(told(scale=0.49), TRUE)) == 0


def test_boxes_of_another_image_are_right_only_where_images_are_pooled():
    found = ground(told(image=lambda number, count: number % count + 1), TRUE)
    assert f1(found) < 0.6
    assert f1(found["pooled"]) == 1
    assert found["pooled"]["scores"]["all"]["f1"]["value"] - f1(found) > 0.4


def test_a_box_that_leaves_the_picture_counts_by_its_part_within():
    true = {"a": TrueStory({(1, "char1"): Box(0, 5, 40, 50)}, {1: Size(60, 125)})}
    far = ToldStory("here:1", "a", (Claim(1, "char1", (-500.0, 5.0, 40.0, 50.0)),))
    assert ground([far], true)["scores"]["character"]["right"] == 1
    assert ground([far], {"a": true["a"]._replace(sizes={1: None})})["scores"]["character"]["right"] == 0


def test_what_is_not_told_is_missed_and_what_is_told_beside_is_wrong():
    everything = told(score=0.5)
    half = ground(everything[:2], TRUE)
    boxes = [len(TRUE[story.id].boxes) for story in everything]
    assert half["scores"]["all"]["precision"]["value"] == 1
    assert half["scores"]["all"]["recall"]["value"] == sum(boxes[:2]) / sum(boxes)
    assert half["counts"]["stories_missing"] == 2
    first, count = everything[0], len(TRUE[everything[0].id].sizes)
    fewer = first._replace(claims=tuple(claim for claim in first.claims if claim.image != 1))
    found = ground([fewer, *everything[1:]], TRUE)
    assert found["counts"]["images_missing"] == 1
    assert found["scores"]["all"]["right"] == sum(boxes) - (len(first.claims) - len(fewer.claims))
    beyond = first._replace(claims=(*first.claims, Claim(count + 1, "char1", (0.0, 0.0, 9.0, 9.0), 0.5)))
    found = ground([beyond, *everything[1:]], TRUE)
    assert found["scores"]["all"]["precision"]["value"] == sum(boxes) / (sum(boxes) + 1)
    assert found["counts"]["boxes_in_no_image"] == 1


def test_the_same_box_told_twice_is_right_once():
    first = told()[0]
    found = ground([first._replace(claims=first.claims * 2)], TRUE)["scores"]["all"]
    assert (found["right"], found["told"]) == (len(first.claims), 2 * len(first.claims))


def test_other_numbers_for_the_same_characters_fall_unless_ids_are_matched():
    def turned(name):
        return {"char1": "char2", "char2": "char1"}.get(name, name)

    other = told(name=turned)
    assert f1(ground(other, TRUE), "character") < 0.5
    assert f1(ground(other, TRUE), "object") == 1
    assert f1(ground(other, TRUE, ids="match"), "character") == 1
    assert f1(ground(told(), TRUE, ids="match")) == 1


@settings(max_examples=25)
@given(st.lists(st.sampled_from(["char1", "char2", "char3", "obj1", "obj2"]), min_size=1, max_size=12), st.data())
def test_matched_ids_are_never_worse_than_given_ones(ids, data):
    story, true = next(iter(TRUE.items()))
    boxes = list(true.boxes.items())
    picked = [data.draw(st.sampled_from(boxes)) for _ in ids]
    claims = tuple(Claim(image, id, tuple(map(float, box))) for id, ((image, _), box) in zip(ids, picked, strict=True))
    right = [ground([ToldStory("x:1", story, claims)], TRUE, ids=way)["scores"]["all"]["right"] for way in
             ("given", "match")]  # fmt: skip
    assert right[1] >= right[0]


def test_the_interval_is_wider_over_few_stories_and_absent_over_one():
    half = [each if number % 2 else each._replace(claims=()) for number, each in enumerate(told())]
    recall = ground(half, TRUE)["scores"]["all"]["recall"]
    assert recall["low"] < recall["value"] < recall["high"]
    one = {half[1].id: TRUE[half[1].id]}
    assert set(ground(half[1:2], one)["scores"]["all"]["recall"]) == {"value"}


def test_without_scores_there_is_no_average_precision_and_nothing_told_is_no_precision():
    assert ground(told(), TRUE)["mean_average_precision"] is None
    nothing = ground([told()[0]._replace(claims=())], TRUE)["scores"]["all"]
    assert nothing["precision"]["value"] is None
    assert (nothing["recall"]["value"], nothing["f1"]["value"]) == (0, 0)


def test_a_model_s_own_tables_and_its_boxes_as_lines_score_alike(tmp_path):
    write_table(tmp_path / "test.parquet", STORIES)
    lines = [
        {"story_id": story.id, "images": [
            {"image": frame.number, "entities": [{"id": e.id, "box": list(e.box)} for e in frame.entities if e.box]}
            for frame in story.frames]}
        for story in STORIES
    ]  # fmt: skip
    (tmp_path / "told.jsonl").write_text("\n".join(map(json.dumps, lines)))
    true = true_stories(open_source(f"parquet:{tmp_path / 'test.parquet'}"))
    tables, boxes = read_told(tmp_path / "test.parquet"), read_told(tmp_path / "told.jsonl")
    assert true == TRUE
    for each in (tables, boxes):
        assert f1(ground(each, true)) == 1
    assert [set(story.claims) for story in tables] == [set(story.claims) for story in boxes]


def test_the_world_itself_is_a_source():
    world = Data(source="world", world=World(train=0, validation=0, test=2))
    assert len(true_stories(open_source("world", world), "test", Size(60, 125))) == 2


def test_the_command_prints_and_writes(tmp_path, capsys):
    write_table(tmp_path / "test.parquet", STORIES)
    path = str(tmp_path / "test.parquet")
    assert main(["ground", path, path, "--out", str(tmp_path / "out")]) == 0
    said = capsys.readouterr().out
    assert "pooled over images would give F1 1.000" in said
    assert "not given, since the boxes have no scores" in said
    assert json.loads((tmp_path / "out" / "grounding.json").read_text())["scores"]["all"]["f1"]["value"] == 1


def test_fifty_copies_of_the_stories_score_as_one():
    large = {f"{story}-{copy}": true for copy in range(50) for story, true in TRUE.items()}
    shifted = told(4, score=0.5)
    everything = [each._replace(id=f"{each.id}-{copy}") for copy in range(50) for each in shifted]
    one, many = ground(shifted, TRUE), ground(everything, large)
    assert f1(one) == pytest.approx(f1(many))
    assert one["mean_average_precision"] == pytest.approx(many["mean_average_precision"])
    assert 0 < f1(one) < 1
