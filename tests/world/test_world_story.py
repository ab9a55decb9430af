"""Stories from the world's door: always the same, never the same twice, and true to their scenes."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from fabula.errors import FabulaError
from fabula.story import Size
from fabula.world import SPLITS, make_story, split_stories, version
from fabula.world.cast import KINDS
from fabula.world.law import places_of
from fabula.world.paint.picture import paint
from fabula.world.places import LIGHTS, PLACES, WEATHERS
from fabula.world.plots import PLOTS, rare_place
from fabula.world.props import PROPS
from fabula.world.scene import from_record
from fabula.world.setup import home_odds, kind_odds, rare_kind
from fabula.world.tale import tell_facts

SMALL = Size(60, 125)
# of the stories below: pixels, captions, reasons, scenes; if this changes, `fabula.world.version` must change as well
KNOWN = ("2", "5d5414829d76b60a68458a7b852566b6bb3841d371cd67e5f9379a9dd81d07e7")


def fingerprint():
    """A digest of pixels, captions, reasons and scenes of a few stories."""
    whole = hashlib.sha256()
    for split in SPLITS:
        for index, size in ((0, SMALL), (7, Size(120, 288))):
            for frame in make_story(split, 3, index, size).frames:
                whole.update(frame.picture.tobytes() + frame.caption.encode() + frame.reason.encode())
                whole.update(json.dumps(frame.scene, sort_keys=True).encode())
    return whole.hexdigest()


def test_stories_are_the_same_in_a_process_of_other_hashes():
    code = "import sys; sys.path.insert(0, sys.argv[1]); import test_world_story as t; print(t.fingerprint())"
    folder = str(Path(__file__).parent)
    run = subprocess.run(
        [sys.executable, "-c", code, folder],
        env={**os.environ, "PYTHONHASHSEED": "77"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == fingerprint()


def test_stories_are_those_of_this_version():
    assert (version, fingerprint()) == KNOWN


def test_a_story_does_not_depend_on_the_others():
    alone = make_story("test", 0, 2, SMALL)
    among = list(split_stories("test", 0, 3, SMALL))[2]
    assert [f.caption for f in alone.frames] == [f.caption for f in among.frames]
    assert all(a.picture.tobytes() == b.picture.tobytes() for a, b in zip(alone.frames, among.frames, strict=True))


def test_pictures_and_stories_are_never_the_same_across_splits():
    pictures, texts, ids = {}, {}, set()
    for split in SPLITS:
        for story in split_stories(split, 0, 40, SMALL):
            assert story.id.isdigit()
            assert story.id not in ids
            ids.add(story.id)
            for frame in story.frames:
                assert pictures.setdefault(frame.picture.tobytes(), split) == split
            whole = " ".join(frame.caption for frame in story.frames)
            assert texts.setdefault(whole, story.id) == story.id
    assert len(ids) == 4 * 40


def test_ids_differ_by_split_seed_and_index():
    ids = {tell_facts(split, seed, i).id for split in SPLITS for seed in (0, 1, 11) for i in (0, 1, 10, 110)}
    assert len(ids) == 4 * 3 * 4


def seen_pairs(split, count=150):
    """Plot and place, prop and kind that the stories of a split show."""
    places, kinds = set(), set()
    for index in range(count):
        tale = tell_facts(split, 0, index)
        places |= {(scene.hidden["plot"], scene.place) for scene in tale.scenes}
        kinds |= {(thing.kind, who.kind) for thing in tale.setup.state.things for who in tale.setup.cast}
    return places, kinds


def test_hard_stories_show_pairs_that_no_other_split_shows():
    for split in ("train", "validation", "test"):
        places, kinds = seen_pairs(split)
        assert not any(rare_place(*pair) for pair in places)
        assert not any(rare_kind(*pair) for pair in kinds)
    for index in range(60):
        tale = tell_facts("hard", 0, index)
        assert rare_place(tale.scenes[0].hidden["plot"], tale.scenes[0].place)
        assert rare_kind(tale.setup.state.things[0].kind, tale.setup.cast[0].kind)


def test_there_is_always_somewhere_to_go_and_somebody_to_meet():
    for plot in PLOTS:
        assert home_odds(plot, hard=True)
        assert home_odds(plot, hard=False)
    for index in range(40):
        state = tell_facts("train", 9, index).setup.state
        assert all(places_of(state, where) for where in ("any", "in", "out"))
    for prop in PROPS:
        assert kind_odds([prop], [], hard=True)
        assert len(kind_odds([prop], [], hard=False)) == 10


def test_everything_is_shown_sooner_or_later():
    scenes = [scene for index in range(250) for scene in tell_facts("train", 0, index).scenes]
    assert {scene.place for scene in scenes} == set(PLACES)
    assert {(scene.light, scene.weather) for scene in scenes} == {(a, b) for a in LIGHTS for b in WEATHERS}
    assert {actor.who.kind for scene in scenes for actor in scene.actors} == set(KINDS)
    assert {item.kind for scene in scenes for item in scene.items} == set(PROPS)
    assert {scene.camera.shot for scene in scenes} == {"wide", "medium", "close"}
    assert {scene.hidden["plot"] for scene in scenes} == set(PLOTS)


def test_a_record_is_json_and_paints_the_same_picture():
    story = make_story("train", 0, 1, SMALL)
    for frame in story.frames:
        scene = from_record(json.loads(json.dumps(frame.scene)))
        assert scene.record() == frame.scene
        assert paint(scene, SMALL).picture.tobytes() == frame.picture.tobytes()


def test_a_changed_fact_changes_the_picture():
    record = make_story("train", 0, 0, SMALL).frames[0].scene
    truth = paint(from_record(record), SMALL).picture.tobytes()
    for change in ({"light": "night"}, {"weather": "snow"}, {"place": "hill"}, {"grain": "other"}):
        assert paint(from_record({**record, **change}), SMALL).picture.tobytes() != truth


def test_boxes_lie_within_the_picture_and_hold_what_they_name():
    for index in range(12):
        for frame in make_story("validation", 0, index, SMALL).frames:
            boxed = [entity for entity in frame.entities if entity.box]
            assert any(entity.kind == "character" for entity in boxed)
            for entity in boxed:
                left, top, right, bottom = entity.box
                assert 0 <= left < right <= 125
                assert 0 <= top < bottom <= 60


def test_nothing_is_painted_outside_a_characters_box():
    scene = tell_facts("train", 0, 0).scenes[0]
    with_all, boxes = paint(scene, SMALL).picture, paint(scene, SMALL).boxes
    empty = paint(from_record({**scene.record(), "actors": [], "items": []}), SMALL).picture
    changed = np.argwhere((np.asarray(with_all) != np.asarray(empty)).any(-1))
    inside = [any(b.left <= x < b.right and b.top - 1 <= y < b.bottom + 3 for b in boxes.values()) for y, x in changed]
    assert sum(inside) / len(inside) > 0.95


@pytest.mark.parametrize("size", [Size(16, 16), Size(64, 64), Size(224, 224), Size(60, 300), Size(256, 512)])
def test_any_size_can_be_painted(size):
    picture = make_story("train", 0, 3, size).frames[0].picture
    assert (picture.height, picture.width) == size
    assert picture.mode == "RGB"
    assert len(picture.getcolors(1 << 20) or []) > 20


def test_neighbouring_frames_differ():
    same = total = 0
    for story in split_stories("train", 0, 20, SMALL):
        for a, b in zip(story.frames, story.frames[1:], strict=False):
            total += 1
            same += a.picture.tobytes() == b.picture.tobytes()
    assert same / total < 0.02


@pytest.mark.parametrize(
    ("split", "seed", "index", "size", "says"),
    [
        ("trian", 0, 0, SMALL, "Did you mean 'train'"),
        ("train", -1, 0, SMALL, "seed"),
        ("train", 0, 10**8, SMALL, "index"),
        ("train", 0, 0, Size(0, 125), "0x125"),
        ("train", 0, 0, Size(60, 9999), "60x9999"),
    ],
)
def test_bad_wishes_are_told(split, seed, index, size, says):
    with pytest.raises(FabulaError, match=says):
        make_story(split, seed, index, size)
