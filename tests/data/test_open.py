"""Every source by its name, and the same story from each of them."""

import base64
import io
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from fabula.data.describe import describe
from fabula.data.open import open_source
from fabula.errors import FabulaError
from fabula.recipe import Data, World
from fabula.story import Box, Size
from fabula.world import SPLITS as WORLD_SPLITS
from fabula.world.table import write_table


def png(shade=0, size=(8, 6), mode="RGB"):
    picture = Image.fromarray(np.full((size[1], size[0], 3), shade, np.uint8)).convert(mode)
    buffer = io.BytesIO()
    picture.save(buffer, "TIFF" if mode == "CMYK" else "PNG")
    return buffer.getvalue()


def row(number=0, frames=3, **more):
    """A row of the plain schema; picture i of story n has the shade 20 n + i."""
    return {
        "story_id": f"s{number}",
        "frames": [{"bytes": png(20 * number + each), "path": None} for each in range(frames)],
        "captions": [f"Caption {each} of story {number}." for each in range(frames)],
        **more,
    }


def table(rows):
    """The union of the rows' columns."""
    names = dict.fromkeys(name for each in rows for name in each)
    return pa.table({name: [each.get(name) for each in rows] for name in names})


def write_parquet(path, rows, group=1000):
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table(rows), path, row_group_size=group)
    return path


def shades(story):
    return [int(np.asarray(frame.picture.convert("L"))[0, 0]) for frame in story.frames]


def captions(story):
    return [frame.caption for frame in story.frames]


def test_a_parquet_file_is_one_split(tmp_path):
    path = write_parquet(
        tmp_path / "train.parquet", [row(0, title=None), row(1, title="T", license="CC0", attribution="me")]
    )
    for name in (f"parquet:{path}", str(path)):
        source = open_source(name)
        assert (source.name, source.splits, source.count("all"), source.ids("all")) == (name, ("all",), 2, ["s0", "s1"])
        first, second = source.stories("all")
        assert (shades(second), captions(first)[2]) == ([20, 21, 22], "Caption 2 of story 0.")
        assert (second.title, second.licence, second.attribution) == ("T", "CC0", "me")
        assert [frame.number for frame in first.frames] == [1, 2, 3]


def test_a_folder_of_parquet_files_has_the_splits_of_their_names(tmp_path):
    for name, number in [("train-00000-of-00002", 0), ("train-00001-of-00002", 1), ("val", 2), ("data/test", 3)]:
        write_parquet(tmp_path / f"{name}.parquet", [row(number)])
    write_parquet(tmp_path / "notes.parquet", [row(9)])
    source = open_source(str(tmp_path / "."))
    assert source.splits == ("train", "validation", "test")
    assert {split: source.ids(split) for split in source.splits} == {
        "train": ["s0", "s1"],
        "validation": ["s2"],
        "test": ["s3"],
    }
    assert source.notes == ("left out, no split in its name: notes.parquet",)


def test_places_choose_stories_without_reading_the_others(tmp_path):
    path = write_parquet(tmp_path / "x.parquet", [row(number) for number in range(9)], group=2)
    source = open_source(str(path))
    assert [story.id for story in source.stories("all", places={0, 5, 8})] == ["s0", "s5", "s8"]


def test_pictures_are_opened_and_not_yet_decoded(tmp_path):
    path = write_parquet(tmp_path / "x.parquet", [row()])
    (story,) = open_source(str(path)).stories("all")
    assert [frame.picture.size for frame in story.frames] == [(8, 6)] * 3
    assert getattr(story.frames[0].picture, "_im", None) is None


def test_jsonl_reads_paths_data_uris_and_base64(tmp_path):
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures/a.png").write_bytes(png(1))
    coded = [base64.b64encode(png(shade)).decode() for shade in (2, 3)]
    pictures = ["pictures/a.png", f"data:image/png;base64,{coded[0]}", coded[1]]
    lines = [{"frames": pictures, "captions": ["a", "b", "c"]}, {"id": 7, "frames": pictures[:1], "captions": ["é"]}]
    text = "\n\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    (tmp_path / "x.jsonl").write_text("\ufeff" + text, encoding="utf-8")
    source = open_source(f"jsonl:{tmp_path}/x.jsonl")
    first, second = source.stories("all")
    assert (first.id, shades(first), captions(first)) == ("000000", [1, 2, 3], ["a", "b", "c"])
    assert (second.id, captions(second)) == ("7", ["é"])
    assert source.ids("all") == ["000000", "7"]
    assert source.count("all") == 2


def test_a_folder_of_numbered_pictures_is_a_story(tmp_path):
    folder = tmp_path / "my story"
    folder.mkdir()
    for number, name in [(2, "page-2"), (10, "page-10"), (1, "page-1")]:
        (folder / f"{name}.png").write_bytes(png(number))
    (folder / "page-1.txt").write_text("\ufeffOne.\n", encoding="utf-8")
    (folder / "page-10.txt").write_text("Ten.")
    (folder / "page-3.txt").write_text("Nowhere.")
    (folder / "cover.png").write_bytes(png(99))
    source = open_source(str(folder))
    (story,) = source.stories("all")
    assert (source.splits, story.id, shades(story), captions(story)) == (
        ("all",),
        "my story",
        [1, 2, 10],
        ["One.", "", "Ten."],
    )
    assert story.repairs == (
        "picture dropped: no number in its name (cover.png)",
        "caption missing: it is empty now (frame 2)",
        "text file dropped: no picture of its name (page-3.txt)",
    )


def test_a_folder_of_stories_with_and_without_splits(tmp_path):
    for name in ("train/b2", "train/b10", "val/a", "test/a"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "1.png").write_bytes(png())
    (tmp_path / "train/empty").mkdir()
    source = open_source(f"folder:{tmp_path}")
    assert source.splits == ("train", "validation", "test")
    assert source.ids("train") == ["train/b2", "train/b10"]
    assert open_source(f"folder:{tmp_path}/train").ids("all") == ["b2", "b10"]


def test_pictures_are_numbered_by_the_number_that_tells_them_apart(tmp_path):
    for number in (10, 9):
        (tmp_path / f"page{number}_v2.png").write_bytes(png(number))
    (story,) = open_source(str(tmp_path)).stories("all")
    assert shades(story) == [9, 10]


def test_stories_beside_the_folders_of_splits_are_left_out_and_named(tmp_path):
    for name in ("train/a", "extra"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "1.png").write_bytes(png())
    source = open_source(str(tmp_path))
    assert (source.splits, source.notes) == (("train",), ("left out, stories beside the splits: extra",))


@pytest.mark.parametrize(
    "held",
    [
        {"id": "mine", "frames": [{"picture": "a.png", "caption": "A"}, {"picture": "b.png", "caption": "B"}]},
        {"id": "mine", "frames": ["a.png", "b.png"], "captions": ["A", "B"]},
        {"story_id": "mine", "images": ["a.png", "b.png"], "story": "<gdi image2>B</gdi><gdi image1>A</gdi>"},
    ],
)
def test_a_story_json_in_any_of_its_forms(tmp_path, held):
    (tmp_path / "a.png").write_bytes(png(1))
    (tmp_path / "b.png").write_bytes(png(2))
    (tmp_path / "story.json").write_text(json.dumps(held))
    source = open_source(str(tmp_path))
    (story,) = source.stories("all")
    assert (story.id, source.ids("all"), shades(story), captions(story)) == ("mine", ["mine"], [1, 2], ["A", "B"])


def test_frames_of_a_story_json_say_more_than_picture_and_caption(tmp_path):
    (tmp_path / "a.png").write_bytes(png(1))
    frames = [{"image": "a.png", "text": "A", "description": "a wall", "reason": "why"}, {"image": "a.png"}]
    (tmp_path / "story.json").write_text(json.dumps({"title": "T", "licence": "CC0", "frames": frames}))
    (story,) = open_source(str(tmp_path)).stories("all")
    assert (story.title, story.licence, captions(story)) == ("T", "CC0", ["A", ""])
    assert [(frame.description, frame.reason) for frame in story.frames] == [("a wall", "why"), ("", "")]


def test_the_schema_of_story_reasoning_is_parsed_whole(tmp_path):
    thoughts = "## Image 2\n### Characters\n| Character ID | Name | Description | Bounding Box |\n|---|---|---|---|\n"
    thoughts += "| char1 | Anna | tall | 1,1,80,5 |\n"
    rows = [
        {
            "story_id": "17",
            "images": [{"bytes": png(1), "path": None}, {"bytes": png(2), "path": None}],
            "frame_count": 3,
            "chain_of_thought": thoughts,
            "story": "<gdi image2>Then <gdo char1>Anna</gdo>.</gdi>",
        }
    ]
    (story,) = open_source(str(write_parquet(tmp_path / "x.parquet", rows))).stories("all")
    assert (story.id, captions(story), shades(story)) == ("17", ["", "Then Anna."], [1, 2])
    assert story.frames[1].entities[0].box == Box(1, 1, 8, 5)  # the picture is 8 wide
    told = json.loads(json.dumps(describe(story)))
    assert told["frames"][1] == {
        "number": 2,
        "caption": "Then Anna.",
        "mentions": [{"tag": "gdo", "ids": ["char1"], "start": 5, "end": 9}],
        "entities": [{"id": "char1", "kind": "character", "name": "Anna", "description": "tall", "box": [1, 1, 8, 5]}],
        "setting": {},
    }
    assert told["repairs"][0] == "segment missing: the caption is empty (image 1)"
    assert "frame count differs from the pictures (3, 2 pictures)" in told["repairs"]


def test_columns_of_any_name_by_their_keys(tmp_path):
    rows = [{"pics": [png(5)], "told": ["Hi."], "why": ["because"]}]
    path = write_parquet(tmp_path / "x.parquet", rows)
    (story,) = open_source(str(path), Data(frames_key="pics", captions_key="told", reason_key="why")).stories("all")
    assert (shades(story), captions(story), story.frames[0].reason) == ([5], ["Hi."], "because")
    (story,) = open_source(str(path), Data(frames_key="none", captions_key="told")).stories("all")
    assert (story.frames[0].picture, captions(story)) == (None, ["Hi."])


def test_a_reason_in_one_text_is_cut_at_its_headings(tmp_path):
    thoughts = "preface\n## Image 1\n### Characters\nfirst\n## Image 2\nsecond\n## Narrative Structure\nlater"
    rows = [{"images": [png(), png()], "story": "<gdi image1>a</gdi>", "chain_of_thought": thoughts}]
    path = write_parquet(tmp_path / "x.parquet", rows)
    (story,) = open_source(str(path), Data(reason_key="chain_of_thought")).stories("all")
    assert [frame.reason for frame in story.frames] == ["### Characters\nfirst", "second"]


def test_the_world_is_the_same_from_the_air_and_from_its_own_file(tmp_path):
    data = Data(world=World(train=2, validation=0, test=1, seed=3))
    source = open_source("world", data)
    assert source.splits == ("train", "test")
    told = list(source.stories("train", Size(30, 60)))
    write_table(tmp_path / "train.parquet", told)
    (again, second) = open_source(f"parquet:{tmp_path}/train.parquet").stories("all")
    assert (again.id, second.id) == (told[0].id, told[1].id)
    for one, other in zip(told[0].frames, again.frames, strict=True):
        assert (one.caption, one.mentions) == (other.caption, other.mentions)
        assert json.loads(json.dumps(one.scene)) == other.scene
        assert one.picture.tobytes() == other.picture.tobytes()
        assert (one.entities, one.setting) == (other.entities, other.setting)
        assert one.setting_details == other.setting_details
    assert (again.phases, again.repairs) == (told[0].phases, ())
    assert [story.id for story in source.stories("train", Size(30, 60), {1})] == [told[1].id]
    assert set(source.splits) <= {*WORLD_SPLITS}


def test_the_world_has_a_hard_split_where_one_is_wished_for():
    plain, hard = (open_source("world", Data(world=World(train=1, hard=count))) for count in (0, 2))
    assert hard.splits == (*plain.splits, "hard")
    assert (hard.count("hard"), len(set(hard.ids("hard")) | {*hard.ids("train"), *hard.ids("test")})) == (2, 503)
    assert [story.id for story in hard.stories("hard", Size(20, 40))] == hard.ids("hard")
    assert hard.digest("hard") != hard.digest("test") == plain.digest("test")
    with pytest.raises(FabulaError, match="split: unknown 'hard'"):
        plain.ids("hard")


def test_the_digest_follows_the_content_and_the_columns_and_nothing_else(tmp_path):
    one, copy = (write_parquet(tmp_path / name / "x.parquet", [row(0), row(1)]) for name in ("a", "b"))
    other = write_parquet(tmp_path / "c/x.parquet", [row(0), row(2)])
    first, same, changed = (open_source(str(path)).digest("all") for path in (one, copy, other))
    assert first == same != changed
    assert open_source(str(one), Data(captions_key="none")).digest("all") != first
    write_parquet(one, [row(0)])
    assert open_source(str(one)).digest("all") not in (first, changed)


def test_the_digest_of_lines_and_folders_follows_their_pictures_and_texts(tmp_path):
    (tmp_path / "1.png").write_bytes(png(1))
    (tmp_path / "1.txt").write_text("one")
    (tmp_path / "x.jsonl").write_text(json.dumps({"frames": ["1.png"], "captions": ["one"]}))
    seen = set()
    for change in (lambda: None, lambda: (tmp_path / "1.png").write_bytes(png(200, (9, 9)))):
        change()
        seen |= {
            open_source(f"{kind}:{tmp_path}{rest}").digest("all")
            for kind, rest in (("folder", ""), ("jsonl", "/x.jsonl"))
        }
    (tmp_path / "1.txt").write_text("other")
    seen.add(open_source(f"folder:{tmp_path}").digest("all"))
    assert len(seen) == 5


def test_the_real_storybooks(storybooks):
    source = open_source(f"parquet:{storybooks}")
    assert {split: source.count(split) for split in source.splits} == {"train": 232, "validation": 24, "test": 36}
    stories = list(source.stories("test"))
    assert [story.id for story in stories] == source.ids("test")
    assert sum(len(story.frames) for story in stories) == 402
    assert sum(max(len(story.frames) - 4, 0) for story in stories) == 258
    assert {story.licence for story in stories} == {"CC BY 4.0"}
    assert all(story.attribution and not story.repairs for story in stories)
    assert max(max(frame.picture.size) for story in stories for frame in story.frames) == 320


def test_an_unknown_split_is_told(tmp_path):
    source = open_source(str(write_parquet(tmp_path / "x.parquet", [row()])))
    with pytest.raises(FabulaError, match=r"unknown 'test'\. Choose from: all"):
        source.stories("test")
