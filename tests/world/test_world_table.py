"""The world as a file: StoryReasoning's schema, read back without loss."""

import json

import pyarrow.parquet as pq
import pytest

from fabula.cli import main
from fabula.data.open import open_source
from fabula.errors import FabulaError
from fabula.markup import parse
from fabula.story import Size
from fabula.world import split_stories
from fabula.world.scene import from_record
from fabula.world.table import write_table

SMALL = Size(60, 125)


@pytest.fixture(scope="module")
def stories():
    return list(split_stories("hard", 2, 10, SMALL))


@pytest.fixture(scope="module")
def path(stories, tmp_path_factory):
    path = tmp_path_factory.mktemp("world") / "hard.parquet"
    assert write_table(path, stories) == 10
    return path


def test_rows_have_the_real_schema(path, stories):
    table = pq.read_table(path)
    assert table.column_names[:5] == ["story_id", "images", "frame_count", "chain_of_thought", "story"]
    assert str(table.schema.field("frame_count").type) == "int32"
    assert table["story_id"].to_pylist() == [story.id for story in stories]
    assert table["frame_count"].to_pylist() == [len(story.frames) for story in stories]


def test_the_datasets_library_sees_pictures(path, stories, tmp_path):
    import datasets

    rows = datasets.load_dataset("parquet", data_files=str(path), cache_dir=str(tmp_path))["train"]
    assert isinstance(rows.features["images"].feature, datasets.Image)
    for shown, frame in zip(rows[0]["images"], stories[0].frames, strict=True):
        assert shown.tobytes() == frame.picture.tobytes()


def test_markup_and_tables_are_read_back_whole(path, stories):
    for row, story in zip(pq.read_table(path).to_pylist(), stories, strict=True):
        parsed = parse(row["story"], row["chain_of_thought"], row["frame_count"], [SMALL] * row["frame_count"])
        assert list(parsed.repairs) == []
        assert [phase.name for phase in parsed.phases] == [phase.name for phase in story.phases]
        for read, frame in zip(parsed.frames, story.frames, strict=True):
            assert read.caption == frame.caption
            assert read.mentions == frame.mentions
            assert read.setting == frame.setting
            boxes = {entity.id: entity.box for entity in read.entities}
            assert all(boxes[entity.id] == entity.box for entity in frame.entities)


def test_reasons_are_read_back(path, stories):
    assert pq.read_table(path)["reason"].to_pylist() == [[f.reason for f in story.frames] for story in stories]
    for read, story in zip(open_source(f"parquet:{path}").stories("all"), stories, strict=True):
        assert [frame.reason for frame in read.frames] == [frame.reason for frame in story.frames]
        assert all(frame.reason for frame in read.frames)


def test_scenes_are_read_back(path, stories):
    scenes = json.loads(pq.read_table(path)["scenes"][3].as_py())
    assert scenes == [frame.scene for frame in stories[3].frames]
    assert all(0 < from_record(scene).odds["event_given_past"] <= 1 for scene in scenes)


def test_the_command_writes_a_split(tmp_path, capsys):
    code = main(["world", str(tmp_path), "--stories", "2", "--split", "test", "--size", "32x64"])
    assert not code
    assert pq.read_metadata(tmp_path / "test.parquet").num_rows == 2
    assert "2 stories" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("wish", "says"), [(["--size", "60"], "60x125"), (["--split", "trian"], "train"), (["--size", "0x5"], "0x5")]
)
def test_the_command_says_what_is_wrong_and_writes_nothing(tmp_path, capsys, wish, says):
    assert main(["world", str(tmp_path / "out"), *wish]) == 2
    heard = capsys.readouterr()
    assert says in heard.out + heard.err
    assert not list(tmp_path.rglob("*.parquet"))


def test_a_failed_write_leaves_nothing(tmp_path, stories):
    def broken():
        yield stories[0]
        raise FabulaError("stop")

    with pytest.raises(FabulaError, match="stop"):
        write_table(tmp_path / "a.parquet", broken())
    assert not list(tmp_path.iterdir())
