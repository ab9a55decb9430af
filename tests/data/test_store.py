"""A split is decoded once; what comes out is what went in; what goes wrong leaves nothing behind."""

import errno
import io
import json
import multiprocessing
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from fabula.data import decode
from fabula.data.records import from_row, to_row
from fabula.data.source import Source
from fabula.data.store import open_store
from fabula.errors import FabulaError
from fabula.images import prepare
from fabula.recipe import Data
from fabula.story import Box, Entity, Frame, Mention, Phase, Size, Story


def few(values):
    return st.lists(values, max_size=2).map(tuple)


DATA = Data(picture_size=Size(6, 10))
TEXTS = st.text(max_size=3)
IDS = st.sampled_from(["char1", "obj2", "bg3"])
BOXES = st.builds(Box, *[st.integers(0, 99)] * 4)
DICTS = st.dictionaries(TEXTS, TEXTS, max_size=2)
FRAMES = st.builds(
    Frame,
    st.none(),
    TEXTS,
    number=st.integers(0, 9),
    mentions=few(st.builds(Mention, TEXTS, few(IDS), st.integers(0), st.integers(0))),
    entities=few(st.builds(Entity, IDS, TEXTS, TEXTS, TEXTS, st.none() | BOXES, DICTS)),
    setting=DICTS,
    setting_details=st.dictionaries(TEXTS, DICTS, max_size=1),
    description=TEXTS,
    reason=TEXTS,
    scene=st.none() | st.dictionaries(TEXTS, st.none() | st.integers() | st.booleans() | st.lists(TEXTS), min_size=1),
)
STORIES = st.builds(
    Story,
    *[TEXTS, few(FRAMES), TEXTS, TEXTS, TEXTS, TEXTS],
    phases=few(st.builds(Phase, *[TEXTS] * 4)),
    repairs=few(TEXTS),
)


class Some(Source):
    """Some stories under a name; counts how often they are read."""

    name, splits = "folder:/somewhere/Small", ("train",)

    def __init__(self, stories, mark="one"):
        self.told, self.mark, self.read = stories, mark, 0

    def _digest(self, split):
        return self.mark

    def _stories(self, split, size, places):
        self.read += 1
        yield from self.told

    def _count(self, split):
        return len(self.told)

    def _ids(self, split):
        return [story.id for story in self.told]


def picture(seed: int, height: int = 12, width: int = 9) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8))


def story(name: str, count: int, seed: int = 0) -> Story:
    return Story(name, tuple(Frame(picture(seed + i), f"{name} {i}", i + 1) for i in range(count)), licence="CC0")


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("FABULA_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "stores"


@given(STORIES)
@settings(max_examples=40)
def test_a_story_survives_its_row(told):
    assert from_row(json.loads(json.dumps(to_row(told)))) == told


def test_the_store_holds_what_the_source_told():
    stories = [story("a", 3), story("b", 0), story("c", 6, seed=50)]
    store = open_store(DATA, "train", Some(stories))
    assert store.ids == ["a", "b", "c"]
    assert store.counts.tolist() == [3, 0, 6]
    assert store.pictures.shape == (9, 6, 10, 3)
    assert store.captions == [frame.caption for each in stories for frame in each.frames]
    assert (store.sizes == (12, 9)).all()
    for number, told in enumerate(stories):
        assert store.stories[number] == replace(told, frames=tuple(replace(f, picture=None) for f in told.frames))
        for frame, kept in zip(told.frames, store.frames(number), strict=True):
            assert (np.asarray(kept.picture) == prepare(frame.picture, DATA.picture_size)).all()
    assert [each.id for each in store.stories[1:]] == ["b", "c"]
    assert store.stories[-1].id == "c"


def test_windows_give_the_rows_of_their_frames():
    store = open_store(DATA, "train", Some([story("a", 3), story("b", 4)]))
    windows = store.windows(2)
    assert store.rows(windows).tolist() == [[0, 1, 2], [3, 4, 5], [4, 5, 6]]
    assert [frame.caption for frame in store.context(windows[2], 2)] == ["b 1", "b 2"]
    assert store.target(windows[2], 2).caption == "b 3"


def test_it_is_decoded_once_and_again_when_something_changes():
    source = Some([story("a", 2)])
    first = open_store(DATA, "train", source)
    assert open_store(DATA, "train", source).folder == first.folder
    assert source.read == 1
    for changed in (replace(DATA, fit="pad"), replace(DATA, equalise=True), replace(DATA, picture_size=Size(5, 5))):
        assert open_store(changed, "train", source).key != first.key
    source.mark = "two"
    assert open_store(DATA, "train", source).key != first.key
    assert source.read == 5


def test_a_damaged_store_is_decoded_anew():
    source = Some([story("a", 2)])
    frames = open_store(DATA, "train", source).folder / "frames.npy"
    frames.write_bytes(frames.read_bytes()[:-5])
    assert open_store(DATA, "train", source).pictures.shape == (2, 6, 10, 3)
    assert source.read == 2


def test_what_a_killed_process_left_is_removed(cache):
    folder = open_store(DATA, "train", Some([story("a", 2)])).folder
    (cache / f".{folder.name}.part-99999").mkdir()
    (folder / "meta.json").unlink()
    open_store(DATA, "train", Some([story("a", 2)]))
    assert [path for path in cache.iterdir() if path.is_dir()] == [folder]


def test_equal_pixels_have_equal_digests_whatever_their_file():
    file = io.BytesIO()
    picture(1).save(file, "PNG")
    pictures = [picture(1), Image.open(file), picture(2), None, Image.new("RGB", (9, 9))]
    store = open_store(DATA, "train", Some([Story("s", tuple(Frame(each, "") for each in pictures))]))
    digests = [row.tobytes() for row in store.digests]
    assert digests[0] == digests[1] != digests[2]
    assert digests[3] == digests[4] == bytes(16)  # nothing to see, nothing to compare
    assert store.frame(0, 3).picture is None
    assert store.sizes[3].tolist() == [0, 0]


def test_a_broken_picture_is_named_and_nothing_is_left(cache):
    file = io.BytesIO()
    picture(0, 64, 64).save(file, "JPEG")
    broken = Image.open(io.BytesIO(file.getvalue()[:700]))
    bad = Story("b", (Frame(picture(1), ""), Frame(broken, "")))
    with pytest.raises(FabulaError, match=r"folder:/somewhere/Small: story 'b', frame 2: .*cannot be read"):
        open_store(DATA, "train", Some([story("a", 2), bad]))
    assert not [path for path in cache.iterdir() if path.is_dir()]


def test_a_full_disk_is_one_line_and_nothing_is_left(cache, monkeypatch):
    def full(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(decode, "_write_story", full)
    with pytest.raises(FabulaError, match=r"^cannot write .*stores/small-train-.*: No space left on device$"):
        open_store(DATA, "train", Some([story("a", 2)]))
    assert not [path for path in cache.iterdir() if path.is_dir()]


def test_an_unknown_split_is_told():
    with pytest.raises(FabulaError, match=r"unknown 'test'\. Choose from: train"):
        open_store(DATA, "test", Some([]))


class Slow(Some):
    """Takes its time, and leaves a mark for every reading."""

    def __init__(self, folder):
        super().__init__([story("a", 2), story("b", 2)])
        self.folder = folder

    def _stories(self, split, size, places):
        (self.folder / f"read-{time.monotonic_ns()}").touch()
        for told in self.told:
            time.sleep(0.2)
            yield told


def _open(folder, answers):
    answers.put(open_store(DATA, "train", Slow(folder)).pictures.sum())


def test_two_processes_share_the_work(tmp_path):
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    both = [context.Process(target=_open, args=(tmp_path, answers)) for _ in range(2)]
    for process in both:
        process.start()
    assert answers.get(timeout=90) == answers.get(timeout=90) > 0
    for process in both:
        process.join()
    assert len(list(tmp_path.glob("read-*"))) == 1


def test_a_second_opening_of_many_frames_takes_less_than_a_second():
    class Many(Some):
        def _stories(self, split, size, places):
            for i in range(2000):
                yield Story(f"s{i}", tuple(Frame(None, f"caption {i}", j) for j in range(20)))

    tiny = Data(picture_size=Size(1, 2))
    open_store(tiny, "train", Many([]))
    began = time.process_time()
    store = open_store(tiny, "train", Many([]))
    assert len(store.windows(4)) == 32_000
    assert time.process_time() - began < 1
