"""What a training batch keeps back of a context: as much as was asked, as telling would have it, and nothing else."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from test_batches import SOURCE, batches, same

from fabula import recipe as recipes
from fabula.data.batches import Batches
from fabula.data.captions import tokenizer_for
from fabula.data.contexts import to_frames
from fabula.data.hidden import hide
from fabula.data.store import open_store
from fabula.errors import FabulaError
from fabula.recipe import Augment, Data
from fabula.story import Frame, Size
from fabula.types import Frames

DATA = Data(picture_size=Size(6, 10), context=4, caption_length=8, vocabulary=300, notes="reason", note_length=4)
TOKENIZER = tokenizer_for(DATA, ["a story of pictures"])
WORDS = TOKENIZER.vocabulary
SHARES = st.floats(0, 1).flatmap(lambda p: st.tuples(st.just(p), st.floats(0, 1 - p), st.floats(0, 1)))


def context(stories=6, frames=4, seed=0):
    dice = torch.Generator().manual_seed(seed)
    captions = torch.randint(4, 300, (stories, frames, 8), generator=dice)
    captions[..., -1] = WORDS.end
    images = torch.rand(stories, frames, 3, 6, 10, generator=dice) * 0.5 + 0.3  # nowhere grey
    notes = torch.randint(4, 300, (stories, frames, 4), generator=dice)
    return Frames(images, captions, torch.ones(stories, frames, dtype=torch.bool), notes)


def hidden(frames, seed=0, seen=None, **shares):
    seen = torch.ones_like(frames.present) if seen is None else seen
    return hide(frames, seen, Augment(**shares), WORDS, np.random.default_rng(seed))


def grey(frames):
    """(B, K): which pictures are those of a frame without one."""
    nothing = to_frames([[Frame(None, "")]], TOKENIZER, replace(DATA, notes="none", context=1))
    return (frames.images == nothing.images).flatten(2).all(2)


def empty(frames):
    nothing = to_frames([[Frame(None, "")]], TOKENIZER, replace(DATA, notes="none", context=1))
    return (frames.captions == nothing.captions).all(2)


def test_the_shares_are_those_asked_for():
    frames = context(stories=4000)
    left = hidden(frames, hide_pictures=0.3, hide_captions=0.6, hide_frames=0.25)
    assert float(grey(left)[left.present].float().mean()) == pytest.approx(0.3, abs=0.02)
    assert float(empty(left)[left.present].float().mean()) == pytest.approx(0.6, abs=0.02)
    counts = np.bincount(left.present.sum(1).numpy(), minlength=5) / 4000
    assert counts[4] == pytest.approx(0.75, abs=0.03)
    assert counts[1:4] == pytest.approx(0.25 / 3, abs=0.02)
    assert counts[0] == 0


@given(SHARES, st.integers(0, 99))
def test_no_frame_loses_picture_and_caption_both(shares, seed):
    pictures, captions, frames = shares
    left = hidden(context(), seed, hide_pictures=pictures, hide_captions=captions, hide_frames=frames)
    assert not (grey(left) & empty(left) & left.present).any()
    assert left.present.any(1).all()


def test_a_frame_of_which_one_half_is_absent_keeps_the_other():
    frames, seen = context(), torch.zeros(6, 4, dtype=torch.bool)
    assert not empty(hidden(frames, seen=seen, hide_captions=1.0)).any()
    silent = replace(frames, captions=frames.captions.clone())
    silent.captions[:] = WORDS.pad
    silent.captions[..., 0] = WORDS.end
    assert not grey(hidden(silent, hide_pictures=1.0)).any()


@given(st.integers(0, 99))
def test_without_its_oldest_frames_a_context_is_a_shorter_one(seed):
    """The newest frames stand in front as they were; behind them is what telling puts there."""
    frames = context(seed=seed)
    left = hidden(frames, seed, hide_frames=1.0)
    nothing = to_frames([[]], TOKENIZER, DATA)
    for story, count in enumerate(left.present.sum(1).tolist()):
        assert 1 <= count <= 3
        for name in ("images", "captions", "notes"):
            told, whole, absent = (getattr(each, name) for each in (left, frames, nothing))
            assert torch.equal(told[story, :count], whole[story, 4 - count :])
            assert torch.equal(told[story, count:], absent[0, count:])
        assert left.present[story].tolist() == [True] * count + [False] * (4 - count)


def test_one_share_does_not_change_what_another_draws():
    frames = context(stories=50)
    pictures = hidden(frames, hide_pictures=0.4)
    both = hidden(frames, hide_pictures=0.4, hide_captions=0.5)
    assert torch.equal(pictures.images, both.images)
    more = hidden(frames, hide_pictures=0.7)
    assert (grey(pictures) <= grey(more)).all()
    fewer = hidden(frames, hide_frames=0.5)
    assert torch.equal(fewer.present, hidden(frames, hide_frames=0.5, hide_pictures=0.4).present)


@pytest.mark.parametrize("frames", [0, 1])
def test_contexts_that_have_nothing_to_spare(frames):
    short = context(frames=frames)
    left = hidden(short, hide_frames=1.0)
    assert torch.equal(left.images, short.images)
    assert left.present.all()


def test_nothing_hidden_is_the_very_same():
    frames = context()
    assert hidden(frames) is frames


HIDING = Augment(flip=True, jitter=0.2, hide_pictures=0.4, hide_captions=0.4, hide_frames=0.5)
PLAIN = Data(
    picture_size=Size(6, 10), context=2, caption_length=8, vocabulary=300, augment=Augment(flip=True, jitter=0.2)
)


def test_the_target_and_all_other_draws_stay():
    hiding, plain = batches(replace(PLAIN, augment=HIDING), 6), batches(PLAIN, 6)
    kept = 0
    for step in range(6):
        ours, whole = hiding.at(step), plain.at(step)
        assert torch.equal(ours.target.images, whole.target.images)
        assert torch.equal(ours.target.captions, whole.target.captions)
        shown = ours.context.present.all(1, keepdim=True) & ~grey(ours.context)
        assert torch.equal(ours.context.images[shown], whole.context.images[shown])
        kept += int(shown.sum())
        assert not same(ours, whole)
    assert kept


def test_resumed_is_unbroken():
    data = replace(PLAIN, augment=HIDING)
    straight = batches(data).from_step(0)
    for _ in range(4):
        next(straight)
    assert same(next(straight), next(batches(data).from_step(4)))


def test_only_training_batches_hide():
    ours, plain = batches(replace(PLAIN, augment=HIDING), 6), batches(PLAIN, 6)
    assert same(ours.gather(ours.windows), plain.gather(plain.windows))


def test_an_absent_picture_is_grey_whatever_becomes_of_the_others():
    data = replace(PLAIN, augment=Augment(jitter=0.9, crop=0.3, rotate=20))
    store = open_store(data, "train", SOURCE)
    store.sizes = store.sizes.copy()
    store.sizes[:5] = 0
    tokenizer = tokenizer_for(data, store.captions)
    batch = Batches(store, store.windows(2), tokenizer, data, 6).at(0)
    rows = store.rows(store.windows(2))[Batches(store, store.windows(2), tokenizer, data, 6).positions(0)]
    assert torch.equal(grey(batch.context), torch.from_numpy(rows[:, :-1] < 5))


def test_more_than_there_is_cannot_be_hidden():
    with pytest.raises(FabulaError, match=r"data\.augment \(command line\): hide_pictures and hide_captions"):
        recipes.load("recipes/tiny.yaml", ["data.augment.hide_pictures=0.6", "data.augment.hide_captions=0.5"])
