"""What a step trains on follows from seed and step; telling reads the same pixels and words as training."""

import hashlib
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from itertools import islice
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from fabula.data.batches import Batches
from fabula.data.captions import caption_ids, tokenizer_for
from fabula.data.contexts import to_frames
from fabula.data.store import open_store
from fabula.images import prepare, to_uint8
from fabula.recipe import Augment, Data
from fabula.story import Frame, Size, Story

DATA = Data(
    picture_size=Size(6, 10), context=2, caption_length=8, vocabulary=300, augment=Augment(flip=True, jitter=0.2)
)
COUNTS = [3, 5, 1, 4]


def told(split, size=None, places=None):
    dice = np.random.default_rng(0)
    for number, count in enumerate(COUNTS):
        pictures = [Image.fromarray(dice.integers(0, 256, (9, 14, 3), dtype=np.uint8)) for _ in range(count)]
        frames = (Frame(picture, f"story {number} picture {i}") for i, picture in enumerate(pictures))
        yield Story(f"s{number}", tuple(frames))


SOURCE = SimpleNamespace(
    name="few", splits=("train",), notes=(), digest=lambda split: "few", count=lambda split: 4, stories=told
)


def batches(data=DATA, batch_size=3, seed=7):
    store = open_store(data, "train", SOURCE)
    tokenizer = tokenizer_for(data, store.captions)
    return Batches(store, store.windows(data.context), tokenizer, data, batch_size, seed)


def numbers(batch):
    return [batch.context.images, batch.context.captions, batch.target.images, batch.target.captions]


def same(one, other):
    return all(torch.equal(a, b) for a, b in zip(numbers(one), numbers(other), strict=True))


def test_shapes_and_ranges():
    batch = batches().at(0)
    assert batch.context.images.shape == (3, 2, 3, 6, 10)
    assert batch.target.images.shape == (3, 1, 3, 6, 10)
    assert batch.context.captions.shape == (3, 2, 8)
    assert batch.context.captions.dtype == batch.target.captions.dtype == torch.int64
    assert batch.context.present.all()
    assert batch.context.images.abs().max() <= 1


def test_training_can_begin_at_any_step():
    straight = list(islice(batches().from_step(0), 7))
    for step in (1, 4, 6):
        assert same(next(batches().from_step(step)), straight[step])
    assert not same(next(batches(seed=8).from_step(0)), straight[0])


def test_every_window_is_seen_equally_often():
    ours = batches(batch_size=4)
    assert len(ours.windows) == 6
    seen = np.concatenate([ours.positions(step) for step in range(3)])  # two epochs
    assert Counter(seen[:6].tolist()) == Counter(seen[6:].tolist()) == Counter(range(6))
    assert seen[:6].tolist() != seen[6:].tolist()


def test_more_windows_in_a_batch_than_there_are():
    assert Counter(batches(batch_size=13).positions(0).tolist()).most_common()[-1][1] == 2


def test_a_fresh_process_trains_on_the_same(tmp_path):
    """With an empty cache too: decoding and the tokenizer are the same again."""
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import hashlib;"
        "from test_batches import batches, numbers;"
        "print(hashlib.sha256(b''.join(x.numpy().tobytes() for x in numbers(batches().at(5)))).hexdigest())"
    )
    environment = os.environ | {"FABULA_CACHE": str(tmp_path)}
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    ours = b"".join(x.numpy().tobytes() for x in numbers(batches().at(5)))
    assert told.stdout.strip() == hashlib.sha256(ours).hexdigest()


def test_plain_batches_hold_the_windows_in_order():
    ours = batches(batch_size=4)
    plain = list(ours.in_order())
    assert [len(batch.target.images) for batch in plain] == [4, 2]
    assert sum(len(batch.target.images) for batch in ours.in_order(limit=5)) == 5
    assert same(ours.gather([0, 1, 2, 3]), plain[0])
    assert same(ours.gather(ours.windows[4:]), plain[1])
    assert same(ours.gather([ours.windows[0], ours.windows[1], ours.windows[2], ours.windows[3]]), plain[0])


@pytest.mark.parametrize("equalise", [False, True])
def test_telling_reads_what_training_reads(equalise):
    """From the store's own frames and from the source's pictures alike."""
    data = replace(DATA, equalise=equalise, picture_size=Size(20, 30))
    ours = batches(data)
    store = open_store(data, "train", SOURCE)
    tokenizer = tokenizer_for(data, store.captions)
    batch = ours.gather(ours.windows)
    stored = [store.context(window, 2) for window in ours.windows]
    source = list(told("train"))
    given = [source[story].frames[start : start + 2] for story, start in ours.windows]
    for contexts in (stored, given):
        frames = to_frames(contexts, tokenizer, data)
        assert torch.equal(frames.images, batch.context.images)
        assert torch.equal(frames.captions, batch.context.captions)
        assert torch.equal(frames.present, batch.context.present)


def test_contexts_of_any_length():
    tokenizer = tokenizer_for(DATA, ["a b"])
    frame = [Frame(Image.new("RGB", (10, 6), (n, n, n)), "a b") for n in range(4)]
    frames = to_frames([frame, frame[:1], [], [Frame(None, "a"), Frame(None, "")]], tokenizer, DATA)
    assert frames.present.tolist() == [[True, True], [True, False], [False, False], [True, True]]
    assert to_uint8(frames.images)[0, :, 0, 0, 0].tolist() == [2, 3]  # the newest two
    absent = frames.images[1, 1]
    assert torch.equal(absent, frames.images[3, 0])
    assert absent.abs().max() < 0.01
    assert frames.captions[3, 1].tolist() == frames.captions[2, 0].tolist() == [tokenizer.end] + [tokenizer.pad] * 7


def test_one_story_is_read_the_same_alone_and_among_others():
    tokenizer = tokenizer_for(DATA, ["a b"])
    contexts = [list(story.frames) for story in told("train")]
    together = to_frames(contexts, tokenizer, DATA)
    for number, context in enumerate(contexts):
        alone = to_frames([context], tokenizer, DATA)
        assert torch.equal(alone.images[0], together.images[number])
        assert torch.equal(alone.captions[0], together.captions[number])


def test_captions_are_encoded_once(monkeypatch):
    store = open_store(DATA, "train", SOURCE)
    tokenizer = tokenizer_for(DATA, store.captions)
    first = caption_ids(store, tokenizer, 5)
    expected, truncated = tokenizer.encode(store.captions, 5)
    assert (first.ids == expected).all()
    assert first.share == truncated.mean()
    monkeypatch.setattr(type(tokenizer), "encode", None)
    assert (caption_ids(store, tokenizer, 5).ids == expected).all()


def test_a_frame_that_stands_in_several_contexts_is_read_once(monkeypatch):
    tokenizer = tokenizer_for(DATA, ["frame"])
    frames = [Frame(Image.new("RGB", (9, 7), (shade, 0, 0)), f"frame {shade}") for shade in range(6)]
    windows = [frames[start : start + 4] for start in range(3)]
    alone = [to_frames([window], tokenizer, DATA) for window in windows]
    read = []
    monkeypatch.setattr("fabula.data.contexts.prepare", lambda p, *how: read.append(p) or prepare(p, *how))
    together = to_frames(windows, tokenizer, DATA)
    assert len(read) == len({id(frame) for window in windows for frame in window[-DATA.context :]})
    for i, one in enumerate(alone):
        assert torch.equal(together.images[i], one.images[0])
        assert torch.equal(together.captions[i], one.captions[0])
