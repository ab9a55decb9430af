"""Telling: what is told follows from context and seed, and what is written is a story again."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image
from smallest import SMALL_MODEL

import fabula
from fabula import bundle
from fabula.building import build_model
from fabula.data.open import open_source
from fabula.errors import FabulaError
from fabula.markup import clean
from fabula.recipe import Data, Loss, Recipe, Tell, Train
from fabula.spec import Spec
from fabula.story import Frame, Size, Story
from fabula.storyteller import ModelStoryteller
from fabula.telling import continue_story, read_story, write_telling
from fabula.tokenizer import Tokenizer

TEXTS = ["The fox found a lamp.", "Rain fell, and Mira ran home.", "She lit the lamp; the fox slept."]
SIZE = Size(14, 22)
TOKENIZER = Tokenizer.train(TEXTS, 300)


def teller(**slots) -> ModelStoryteller:
    torch.manual_seed(0)
    data = Data(context=3, picture_size=SIZE, caption_length=10)
    recipe = Recipe(
        "test", replace(SMALL_MODEL, **slots), {"words": Loss(Spec("caption"))}, data, Train(steps=1), Tell("sample")
    )
    return ModelStoryteller(build_model(recipe.model, SIZE, TOKENIZER.vocabulary), TOKENIZER, recipe)


def story(count: int = 2) -> Story:
    frames = (Frame(Image.new("RGB", (40, 30), (60 * n, 120, 90)), TEXTS[n % 3], n + 1) for n in range(count))
    return Story("lamp", tuple(frames), title="The Lamp", licence="CC BY 4.0")


def content(folder: Path) -> dict[str, str]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def test_one_seed_is_one_story_byte_for_byte(tmp_path):
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        write_telling(continue_story(teller(), story(), steps=3, seed=seed), tmp_path / name)
    assert content(tmp_path / "a") == content(tmp_path / "b")
    assert content(tmp_path / "a") != content(tmp_path / "c")


def test_each_told_frame_is_read_back():
    """Three steps at once are one step three times, each on the story so far."""
    model = teller()
    (told,) = continue_story(model, story(), steps=3, seed=5).continuations
    so_far = story()
    for frame in told:
        ((again,),) = continue_story(model, so_far, seed=5).continuations
        assert again.caption == frame.caption
        assert again.picture.tobytes() == frame.picture.tobytes()
        so_far = replace(so_far, frames=(*so_far.frames, frame))
    assert [frame.number for frame in told] == [3, 4, 5]


def test_the_first_of_many_is_the_only_one():
    many = continue_story(teller(), story(), steps=2, samples=3, seed=1).continuations
    (one,) = continue_story(teller(), story(), steps=2, seed=1).continuations
    assert [frame.caption for frame in many[0]] == [frame.caption for frame in one]
    assert len({frame.caption for way in many for frame in way[:1]}) > 1


def test_what_is_written_is_a_story_and_can_go_on(tmp_path):
    telling = continue_story(teller(), story(), steps=2)
    write_telling(telling, tmp_path / "told")
    again = read_story(str(tmp_path / "told"), Data())
    (way,) = telling.continuations
    assert [frame.caption for frame in again.frames] == [clean(f.caption)[0] for f in (*story().frames, *way)]
    for read, told in zip(again.frames[2:], way, strict=True):
        assert read.picture.convert("RGB").tobytes() == told.picture.tobytes()
    assert [frame["told"] for frame in json.loads((tmp_path / "told/story.json").read_text())["frames"]] == [0, 0, 1, 1]
    write_telling(continue_story(teller(), again), tmp_path / "told")
    assert len(read_story(str(tmp_path / "told"), Data()).frames) == 5


def test_samples_are_stories_side_by_side(tmp_path):
    write_telling(continue_story(teller(), story(), samples=3), tmp_path / "told")
    source = open_source(f"folder:{tmp_path / 'told'}")
    assert [len(found.frames) for found in source.stories(source.splits[0])] == [3, 3, 3]


@pytest.mark.parametrize("missing", ["image_decoder", "caption_decoder"])
def test_a_model_that_only_paints_or_only_writes_tells(tmp_path, missing):
    telling = continue_story(teller(**{missing: None}), story(), steps=2)
    write_telling(telling, tmp_path / "told")
    again = read_story(str(tmp_path / "told"), Data()).frames
    assert again[3].caption == clean(telling.continuations[0][1].caption)[0]
    assert (len(again[3].picture.convert("RGB").getcolors() or ()) == 1) == (missing == "image_decoder")


def test_a_persons_own_files_are_never_replaced(tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "holiday.jpg").write_bytes(b"mine")
    with pytest.raises(FabulaError, match=r"holiday\.jpg"):
        write_telling(continue_story(teller(), story()), mine)
    write_telling(continue_story(teller(), story()), tmp_path / "told")
    (tmp_path / "told" / "notes.md").write_text("mine")
    with pytest.raises(FabulaError, match=r"notes\.md"):
        write_telling(continue_story(teller(), story()), tmp_path / "told")
    assert (mine / "holiday.jpg").read_bytes() == b"mine"


def test_a_full_disk_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    told = continue_story(teller(), story())
    monkeypatch.setattr(Image.Image, "save", full)
    with pytest.raises(FabulaError, match="No space left"):
        write_telling(told, tmp_path / "told")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("numbers", "said"), [({"steps": 0}, "steps"), ({"samples": -1}, "samples")])
def test_too_few_is_said(numbers, said):
    with pytest.raises(FabulaError, match=said):
        continue_story(teller(), story(), **numbers)


def test_a_story_is_found_by_id_and_cut(tmp_path):
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        for number in (1, 2, 3):
            Image.new("RGB", (8, 8)).save(folder / f"{number}.png")
            (folder / f"{number}.txt").write_text(f"{name} {number}")
    assert read_story(str(tmp_path), Data()).id == "one"
    found = read_story(str(tmp_path), Data(), which="two", context=2)
    assert [frame.caption for frame in found.frames] == ["two 1", "two 2"]
    with pytest.raises(FabulaError, match="three"):
        read_story(str(tmp_path), Data(), which="three")
    with pytest.raises(FabulaError, match="split"):
        read_story(str(tmp_path), Data(), split="trian")


def test_loaded_by_path_it_tells(tmp_path):
    model = teller()
    bundle.save(tmp_path / "bundle", model.model, TOKENIZER, model.recipe)
    (told,) = fabula.load(tmp_path / "bundle").tell([story().frames])
    assert told.caption == model.tell([story().frames])[0].caption
