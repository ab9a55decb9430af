"""Every mistake in a file of predictions is one line that says where, what came and what to do."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fabula.cli import main
from fabula.errors import FabulaError
from fabula.grounding import ToldStory, TrueStory, ground, read_told, true_stories
from fabula.story import Box

GOOD = {"story_id": "a", "images": [{"image": 1, "entities": [{"id": "char1", "box": [0, 0, 9, 9]}]}]}


def entity(**changes):
    return {"story_id": "b", "images": [{"image": 2, "entities": [{"id": "char1", "box": [0, 0, 9, 9]} | changes]}]}


ROWS = {
    "not json": ("{", "not JSON"),
    "no object": ([1], "expected an object"),
    "no story": ({"images": []}, "no story_id"),
    "no images": ({"story_id": "b"}, "unknown 'images'"),
    "misspelt": ({"story_id": "b", "image": []}, "Did you mean 'image'?"),
    "images": ({"story_id": "b", "images": 3}, "images: expected a list, got 3"),
    "image": ({"story_id": "b", "images": [3]}, "images, item 1: expected"),
    "from 0": ({"story_id": "b", "images": [{"image": 0, "entities": []}]}, "with N from 1, got 0"),
    "true": ({"story_id": "b", "images": [{"image": True, "entities": []}]}, "got True"),
    "twice": ({"story_id": "b", "images": [{"image": 1, "entities": []}] * 2}, "image 1 is told twice"),
    "entities": ({"story_id": "b", "images": [{"image": 1}]}, "image 1: entities: expected a list, got None"),
    "entity": ({"story_id": "b", "images": [{"image": 1, "entities": ["char1"]}]}, "image 1: expected"),
    "id": (entity(id="person1"), "'person1' is not an id; ids are char1"),
    "box": (entity(box=[1, 2, 3]), "image 2, char1: expected a box [x1, y1, x2, y2] in pixels, got [1, 2, 3]"),
    "text": (entity(box=["1", 2, 3, 4]), "expected a box"),
    "nan": (entity(box=[0, 0, float("nan"), 4]), "expected a box"),
    "huge": (entity(box=[0, 0, 10**400, 4]), "expected a box"),
    "no area": (entity(box=[5, 5, 5, 9]), "has no area; x1 < x2 and y1 < y2"),
    "score": (entity(score="high"), "expected a score, a finite number, got 'high'"),
    "some scores": (entity(score=0.5), "no score, where other boxes have one"),
    "story twice": (GOOD, "story 'a' is told twice, first at "),
    "tables": ({"story_id": "b", "chain_of_thought": 3}, "expected a text with tables, got 3"),
}


@pytest.mark.parametrize("kind", ROWS)
def test_a_mistake_names_file_and_line(tmp_path, kind):
    row, said = ROWS[kind]
    path = tmp_path / "told.jsonl"
    path.write_text(json.dumps(GOOD) + "\n\n" + (row if isinstance(row, str) else json.dumps(row)) + "\n")
    with pytest.raises(FabulaError) as error:
        read_told(path)
    assert said in str(error.value)
    assert str(error.value).startswith(f"{path}:{1 if kind == 'some scores' else 3}: ")
    assert "\n" not in str(error.value)


def test_an_unknown_story_is_named_with_its_line():
    true = {"17": TrueStory({(1, "char1"): Box(0, 0, 9, 9)}, {1: None})}
    with pytest.raises(FabulaError, match=r"^told\.jsonl:3: no such story in the split: unknown '71'.*Choose from: 17"):
        ground([ToldStory("told.jsonl:3", "71", ())], true)


def test_files_that_are_not_there_empty_or_of_other_columns(tmp_path):
    with pytest.raises(FabulaError, match="no such file"):
        read_told(tmp_path / "none.jsonl")
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(FabulaError, match="no story in it"):
        read_told(tmp_path / "empty.jsonl")
    pq.write_table(pa.table({"story_id": ["a"], "thoughts": ["x"]}), tmp_path / "x.parquet")
    with pytest.raises(FabulaError, match=r"unknown 'chain_of_thought'.*--column"):
        read_told(tmp_path / "x.parquet")
    assert read_told(tmp_path / "x.parquet", "thoughts")[0].claims == ()
    (tmp_path / "broken.parquet").write_text("PAR1")
    with pytest.raises(FabulaError, match="not a parquet file"):
        read_told(tmp_path / "broken.parquet")


def test_a_model_s_own_mistakes_are_counted_and_cost_only_what_they_concern(tmp_path):
    text = "## Image 1\n| Character ID | Name | Bounding Box |\n|---|---|---|\n| char1 | Al | 0,0,9,9 |\n"
    text += "| char2 | Bo | n/a, somewhere |\n"
    text += "## Image 12\n| Character ID | Bounding Box |\n|---|---|\n| char1 | 1,1,5,5 |\n"
    (tmp_path / "told.jsonl").write_text(json.dumps({"id": 3, "chain_of_thought": text}))
    (story,) = read_told(tmp_path / "told.jsonl")
    assert [(claim.image, claim.id) for claim in story.claims] == [(1, "char1"), (12, "char1")]
    found = ground([story], {"3": TrueStory({(1, "char1"): Box(0, 0, 9, 9)}, {1: None})})
    assert (found["scores"]["all"]["right"], found["scores"]["all"]["told"]) == (1, 2)
    assert found["counts"]["boxes_in_no_image"] == 1
    assert found["repairs"] == {"box dropped: not numbers": 1}


def test_a_source_without_boxes_is_told(storybooks):
    from fabula.data.open import open_source

    with pytest.raises(FabulaError, match="has no boxes"):
        true_stories(open_source(f"parquet:{storybooks / 'test.parquet'}"))


def test_the_command_says_a_wrong_choice_before_it_reads_anything(capsys):
    assert main(["ground", "none.jsonl", "world", "--ids", "matched"]) == 2
    assert (
        capsys.readouterr().err == "fabula: --ids: unknown 'matched'. Did you mean 'match'? Choose from: given, match\n"
    )
