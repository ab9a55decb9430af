"""Counts that a network owns are the n-grams of its captions, and in training those of other stories alone."""

import copy

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from fabula import weights
from fabula.counting.counts import Counts
from fabula.counting.folds import FOLDS, Folds, number
from fabula.counting.ngram import NGram, events
from fabula.counting.stream import Stories, from_bytes, to_bytes
from fabula.types import Vocabulary

SMALL = Vocabulary(size=9, pad=0, begin=1, end=2)
LENGTH, FRAMES = 6, 3


def told(count: int, seed: int = 0) -> np.ndarray:
    """(count, FRAMES, LENGTH): stories of captions of every length."""
    dice = np.random.default_rng(seed)
    ids = 3 + dice.zipf(1.4, (count * FRAMES, LENGTH)) % 6
    ends = dice.integers(0, LENGTH, (count * FRAMES, 1))
    places = np.arange(LENGTH)
    ids = np.where(places == ends, SMALL.end, np.where(places > ends, SMALL.pad, ids))
    return ids.reshape(count, FRAMES, LENGTH)


def fitted(windows: np.ndarray) -> Counts:
    counts = Counts(SMALL)
    counts.fit(windows.reshape(-1, windows.shape[-1]), np.repeat(np.arange(len(windows)), FRAMES))
    return counts


def chances(captions: np.ndarray, model: NGram) -> np.ndarray:
    """Of every token of (N, L); 1 at padding."""
    found = np.ones(captions.shape)
    found[captions != SMALL.pad] = model.probability(*events(captions, SMALL, 3))
    return found


@st.composite
def stories(draw):
    rows = draw(st.lists(st.lists(st.integers(3, 8), max_size=LENGTH - 1), max_size=9))
    captions = np.array([[*row, 2, *[0] * (LENGTH - 1 - len(row))] for row in rows], np.int64).reshape(-1, LENGTH)
    parted = np.array(draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows))), bool)
    return Stories(captions, (parted.cumsum() - parted[:1].sum()).astype(np.int64))


@given(stories(), st.sampled_from([9, 70_000]))
@settings(max_examples=60)
def test_stories_are_the_same_after_the_bytes(given_stories, size):
    vocabulary = SMALL._replace(size=size)
    again = from_bytes(to_bytes(given_stories, vocabulary), vocabulary)
    longest = again.captions.shape[1]
    np.testing.assert_array_equal(again.captions, given_stories.captions[:, :longest])
    assert (given_stories.captions[:, longest:] == SMALL.pad).all()
    np.testing.assert_array_equal(again.story, given_stories.story)


def test_in_evaluation_it_is_the_n_gram_model_of_its_captions():
    windows = told(20)
    counts, model = fitted(windows).eval(), NGram.fit(windows.reshape(-1, LENGTH), SMALL)
    asked = told(5, seed=1)
    found = counts(torch.from_numpy(asked)).chance.numpy()
    np.testing.assert_allclose(found.reshape(-1, LENGTH), chances(asked.reshape(-1, LENGTH), model), rtol=1e-6)
    before = torch.randint(1, 9, (30, 2), generator=torch.Generator().manual_seed(0))
    following = counts.following(before).chance
    np.testing.assert_allclose(following, model.distribution(before.numpy()), rtol=1e-5, atol=1e-9)
    torch.testing.assert_close(following.sum(1), torch.ones(30))


@pytest.mark.parametrize("training", [True, False])
def test_every_word_at_a_place_agrees_with_the_word_that_was_said(training):
    windows = told(20)
    counts, asked = fitted(windows).train(training), torch.from_numpy(windows[:7])
    newest, said = counts.newest(asked), counts(asked)
    torch.testing.assert_close(newest.chance.sum(-1), torch.ones(7, LENGTH))
    real = asked[:, -1] != SMALL.pad
    each = newest.chance.gather(2, asked[:, -1:].transpose(1, 2))[..., 0]
    torch.testing.assert_close(each[real], said.chance[:, -1][real])
    torch.testing.assert_close(newest.known, said.known[:, -1])


def named(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Stories whose first captions nobody else says; and the fold of each."""
    windows = told(count)
    windows[:, 0] = [[3 + n // 6, 3 + n % 6, 8, 8, 8, 2] for n in range(count)]
    folds = Folds.deal(Stories(windows.reshape(-1, LENGTH), np.arange(count * FRAMES) // FRAMES), SMALL).of
    folds = folds.reshape(-1, FRAMES)
    assert (folds == folds[:, :1]).all()  # no story is parted
    return windows, folds[:, 0]


def test_in_training_a_story_is_scored_by_other_stories_alone():
    windows, folds = named(36)
    found = fitted(windows)(torch.from_numpy(windows)).chance.numpy()
    assert set(folds) == set(range(FOLDS))
    for window, fold, chance in zip(windows, folds, found, strict=True):
        others = NGram.fit(windows[folds != fold].reshape(-1, LENGTH), SMALL)
        np.testing.assert_allclose(chance, chances(window, others), rtol=1e-6)


def test_what_a_story_says_never_reaches_its_own_chances():
    """All that a fold says but its stories' first captions is changed in the counted set."""
    windows, folds = named(36)
    changed, own = windows.copy(), folds == folds[0]
    later = changed[own, 1:]
    changed[own, 1:] = np.where(later > SMALL.end, 11 - later, later)  # other words, as many
    asked = torch.from_numpy(windows[own])
    first, then = fitted(windows), fitted(changed)
    torch.testing.assert_close(first(asked), then(asked), rtol=0, atol=0)
    assert (first.eval()(asked).chance != then.eval()(asked).chance).any()


def test_a_caption_that_many_stories_tell_does_not_hide_whose_a_window_is():
    windows, _ = named(36)
    windows[:, 1:] = [4, 4, 2, 0, 0, 0]
    asked = windows[-1:, ::-1].copy()  # what all say comes first
    deal = Folds.deal(Stories(windows.reshape(-1, LENGTH), np.arange(108) // FRAMES), SMALL)
    assert deal.find(asked, SMALL) == deal.of[-1] != deal.of[0]
    assert deal.find(asked[:, :1], SMALL) == deal.of[0]


def test_who_was_not_counted_is_scored_by_all():
    windows, new = told(30), np.array([[[8, 8, 8, 8, 8, 2]] * FRAMES])
    counts, asked = fitted(windows), torch.from_numpy(new)
    torch.testing.assert_close(counts(asked), counts.eval()(asked), rtol=0, atol=0)
    beside = new.copy()
    beside[0, 0] = windows[0, 0] = [3, 4, 5, 6, 7, 2]  # one known caption says of which story the others are
    counts = fitted(windows)
    asked = torch.from_numpy(beside)
    assert (counts(asked).chance[:, 0] < counts.eval()(asked).chance[:, 0]).any()


def test_padding_does_not_matter():
    windows = told(20)
    wide = np.concatenate([windows, np.zeros((20, FRAMES, 5), np.int64)], 2)
    np.testing.assert_array_equal(number(windows, SMALL), number(wide, SMALL))
    narrow, broad = fitted(windows), fitted(wide)
    assert torch.equal(narrow.stream, broad.stream)
    found = broad(torch.from_numpy(wide))
    torch.testing.assert_close(found.chance[..., :LENGTH], narrow(torch.from_numpy(windows)).chance, rtol=0, atol=0)
    assert (found.chance[..., LENGTH:] == 1).all()
    assert (found.known[..., LENGTH:] == 0).all()


@pytest.mark.parametrize("training", [True, False])
def test_not_yet_fitted_every_token_is_as_likely(training):
    counts, asked = Counts(SMALL).train(training), torch.from_numpy(told(2))
    found = counts(asked)
    torch.testing.assert_close(found.chance[asked != 0], torch.full_like(found.chance[asked != 0], 1 / 7))
    assert not found.known.any()
    torch.testing.assert_close(counts.following(asked[:, 0, :2]).chance[:, 2:], torch.full((2, 7), 1 / 7))
    only = fitted(told(1))  # a single story: nothing else was counted
    found = only(torch.from_numpy(told(1)))
    assert (found.chance[told(1) != 0] == np.float32(1 / 7)).all()


def test_how_often_a_history_was_met():
    counts = Counts(SMALL).eval()
    counts.fit(np.array([[3, 4, 5, 2], [3, 4, 2, 0], [4, 2, 0, 0]]))
    known = counts.following(torch.tensor([[1, 1], [1, 3], [3, 4], [8, 4], [8, 8]])).known.exp() - 1
    torch.testing.assert_close(known, torch.tensor([[3.0, 3], [2, 2], [3, 2], [3, 0], [0, 0]]))


class Owner(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer, self.counts = nn.Linear(2, 2), Counts(SMALL)


def test_it_is_the_same_after_the_disk(tmp_path):
    windows = told(25)
    owner, path = Owner(), tmp_path / "model.safetensors"
    asked = torch.from_numpy(windows)
    owner.counts.fit(windows.reshape(-1, LENGTH), np.arange(75) // 3)
    weights.save_tensors(path, weights.own_tensors(owner), {})
    assert path.stat().st_size < 2 * (windows != 0).sum() + 2 * 25 + 1000
    again, other = Owner(), Owner()
    weights.fill(again, weights.load_tensors(path)[0], path)
    other.counts.fit(told(3).reshape(-1, LENGTH))
    other.counts(asked)  # what it had counted is forgotten
    other.load_state_dict(owner.state_dict())
    for mode in (True, False):
        wanted = owner.train(mode).counts(asked)
        for each in (again, other, copy.deepcopy(owner)):
            torch.testing.assert_close(each.train(mode).counts(asked), wanted, rtol=0, atol=0)


def test_a_model_that_is_only_tried_holds_nothing():
    with torch.device("meta"):
        assert Owner().counts.stream.numel() == 0
