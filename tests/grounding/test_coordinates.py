"""Boxes told in other units than pixels: never silently a zero, and right once it is said what they are."""

import json

import pytest

from fabula.cli import main
from fabula.errors import FabulaError
from fabula.grounding import Claim, ToldStory, TrueStory, ground, read_told
from fabula.grounding.coordinates import reading_of, scaled
from fabula.grounding.truth import true_story
from fabula.story import Box, Size
from fabula.world import make_story

SIZE = Size(120, 250)
TRUE = {story.id: true_story(story) for story in (make_story("test", 0, index, SIZE) for index in range(3))}
TOLD_FOR = {"unit": Size(1, 1), "thousand": Size(1000, 1000), "448x448": Size(448, 448), "60x125": Size(60, 125)}


def told(square=SIZE, ids=lambda name: name, shift=0.0):
    """The truth as somebody tells it who sees pictures of the size `square`, all boxes pushed aside by a share."""
    return [
        ToldStory(
            "here:1",
            story,
            tuple(
                Claim(
                    image, ids(name), scaled((box[0] + shift * 250, box[1], box[2] + shift * 250, box[3]), square, SIZE)
                )
                for (image, name), box in true.boxes.items()
            ),
        )
        for story, true in TRUE.items()
    ]


def f1(found):
    return found["scores"]["all"]["f1"]["value"]


@pytest.mark.parametrize("boxes", TOLD_FOR)
def test_another_reading_is_said_and_taken_when_it_is_given(boxes):
    found = ground(told(TOLD_FOR[boxes]), TRUE)
    (warning,) = found["warnings"]
    assert f"--boxes {boxes}" in warning
    assert f1(found) < 0.1
    right = ground(told(TOLD_FOR[boxes]), TRUE, boxes=reading_of(boxes))
    assert f1(right) == 1
    assert (right["warnings"], right["boxes"]) == ([], boxes)


def test_pixels_are_not_warned_of_however_bad_they_are():
    assert ground(told(), TRUE)["warnings"] == []
    for shift in (0.02, 0.1, 0.3):
        assert ground(told(shift=shift), TRUE)["warnings"] == []
    assert ground([], TRUE)["warnings"] == []


def test_pixels_read_as_something_else_are_said_to_be_pixels():
    for boxes in ("unit", "thousand"):
        (warning,) = ground(told(), TRUE, boxes=boxes)["warnings"]
        assert "--boxes pixels" in warning


def test_it_is_seen_also_where_ids_are_others():
    def turned(name):
        return {"char1": "char2", "char2": "char1"}.get(name, name)

    (warning,) = ground(told(TOLD_FOR["thousand"], turned), TRUE)["warnings"]
    assert "--boxes thousand" in warning


def test_boxes_outside_of_their_pictures_are_said_even_where_no_reading_fits():
    true = {"a": TrueStory({(1, "char1"): Box(0, 0, 20, 20)}, {1: Size(60, 125)})}
    boxes = [(2000.0 + n, 3000.0, 2020.0 + 9 * n, 3300.0) for n in range(4)]
    far = ToldStory("here:1", "a", tuple(Claim(1, f"obj{n}", box) for n, box in enumerate(boxes, start=1)))
    (warning,) = ground([far], true)["warnings"]
    assert "4 of 4 told boxes lie outside of their pictures" in warning


def test_shares_in_a_models_own_tables_are_not_rounded_away(tmp_path):
    text = "## Image 1\n| Character ID | Name | Bounding Box |\n|---|---|---|\n| char1 | Al | 0.1, 0.25,0.9,1.0 |\n"
    (tmp_path / "told.jsonl").write_text(json.dumps({"id": "a", "chain_of_thought": text}))
    told = read_told(tmp_path / "told.jsonl")
    assert told[0].claims[0].box == pytest.approx((0.1, 0.25, 0.9, 1.0))
    true = {"a": TrueStory({(1, "char1"): Box(20, 20, 180, 80)}, {1: Size(80, 200)})}
    assert "--boxes unit" in ground(told, true)["warnings"][0]
    assert ground(told, true, boxes="unit")["scores"]["all"]["right"] == 1


def test_without_a_pictures_size_only_pixels_can_be_scored():
    true = {"a": TrueStory({(1, "char1"): Box(0, 0, 20, 20)}, {1: None})}
    one = [ToldStory("here:1", "a", (Claim(1, "char1", (0.0, 0.0, 20.0, 20.0)),))]
    assert ground(one, true)["scores"]["all"]["right"] == 1
    with pytest.raises(FabulaError, match="here:1: image 1: the size of this picture is not known"):
        ground(one, true, boxes="unit")


def test_the_command_warns_and_takes_the_reading(tmp_path, capsys):
    rows = [
        {"story_id": each.id, "images": [{"image": image, "entities": [{"id": name, "box": list(box)}]}]}
        for each in told(TOLD_FOR["unit"])[:1]
        for image, name, box, _ in each.claims[:1]
    ]
    (tmp_path / "told.jsonl").write_text("\n".join(map(json.dumps, rows)))
    assert main(["ground", str(tmp_path / "told.jsonl"), "world", "--boxes", "units"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("fabula: --boxes: unknown 'units'. Did you mean 'unit'? Choose from: pixels, unit, thousand")
    assert main(["ground", str(tmp_path / "told.jsonl"), "world", "--boxes", "0x12"]) == 2
    assert "--boxes" in capsys.readouterr().err
