"""Copies are near and others are far; the search by bands finds what looking at all pairs finds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps
from planted import CHANGES, story

from fabula.audit.bands import near_pairs
from fabula.audit.looks import apart, look, plain, some_cells
from fabula.audit.near_pictures import APART, BITS, near_pictures
from fabula.audit.read import Read
from fabula.audit.words import Lexicon, runs, shared_stretches, words
from fabula.story import Frame, Story

SMALL = st.lists(st.integers(0, 2**64 - 1), max_size=12)


@pytest.fixture(scope="module")
def pictures():
    return [frame.picture for index in range(6) for frame in story("test", index).frames]


@pytest.mark.parametrize("change", CHANGES)
def test_a_copy_is_near(pictures, change):
    own, copies = [look(each) for each in pictures], [look(CHANGES[change](each)) for each in pictures]
    bits = [(one.hash ^ other.hash).bit_count() for one, other in zip(own, copies, strict=True)]
    far = apart(np.stack([each.thumb for each in own]), np.stack([each.thumb for each in copies]))
    assert max(bits) <= BITS
    assert (far <= APART).mean() > 0.9  # at 60x125 a picture that is halved loses what makes up a cell


def test_a_few_cells_are_never_farther_apart_than_all(pictures):
    thumbs = np.stack([look(each).thumb for each in pictures])
    some, others = np.divmod(np.arange(len(thumbs) ** 2), len(thumbs))
    few = np.abs(some_cells(thumbs)[some] - some_cells(thumbs)[others]).max(1)
    assert (few <= apart(thumbs[some], thumbs[others])).all()
    assert (few > APART).mean() > 0.9  # so that few pairs are compared whole


def test_other_stories_are_far(pictures):
    other = np.stack([look(frame.picture).thumb for index in range(8) for frame in story("train", index).frames])
    assert all(apart(other, np.stack([look(each).thumb] * len(other))).min() > APART for each in pictures)


def test_the_hash_of_the_mirror_is_the_mirror_of_the_hash(pictures):
    for each in pictures[:12]:
        assert (look(ImageOps.mirror(each)).hash ^ look(each).mirror).bit_count() <= 1  # a tie may be rounded


KINDS = st.sampled_from(["noise", "bars", "blank"])


@given(st.lists(st.tuples(KINDS, st.integers(0, 9), st.integers(4, 70), st.integers(4, 70)), min_size=1, max_size=8))
def test_a_split_under_another_name_is_found_whole(drawn):
    """All of its pictures, but those that show nothing."""
    shown = [picture(*each) for each in drawn]
    one, other = (Read(name) for name in ("train", "test"))
    for read in (one, other):
        read.note(Story("a", tuple(Frame(each, "") for each in shown)), map(look, shown))
    same, mirrored = near_pictures(one, other)
    assert same.count == same.of == sum(kind != "blank" for kind, *_ in drawn)
    assert mirrored.count == 0  # what is found as it is need not be found turned


def picture(kind: str, seed: int, height: int, width: int) -> Image.Image:
    if kind == "blank":
        return Image.new("RGB", (width, height), (25 * seed,) * 3)
    noise = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), dtype=np.uint8)
    if kind == "bars":
        noise[:] = noise[:1]
    return Image.fromarray(noise).resize((width, height), Image.Resampling.NEAREST)


def test_what_shows_nothing_is_plain():
    noise = np.random.default_rng(0).integers(0, 256, (40, 80, 3), dtype=np.uint8)
    grainy = Image.fromarray(250 + noise // 64)
    thumbs = np.stack(
        [look(each).thumb for each in (Image.new("RGB", (80, 40)), grainy, story("test", 0).frames[0].picture)]
    )
    assert plain(thumbs).tolist() == [True, True, False]


@given(SMALL, SMALL, st.lists(st.tuples(st.integers(0, 11), st.integers(0, 2**64 - 1)), max_size=8), st.integers(0, 15))
@settings(max_examples=30)
def test_bands_find_what_brute_force_finds(some, others, near, distance):
    """`near` plants hashes that differ from one of the first side in a few bits."""
    planted = [some[n % len(some)] ^ (mask & (mask >> 7) & (mask >> 23)) for n, mask in near if some]
    one, other = (np.array(each, np.uint64) for each in (some, others + planted))
    brute = [(i, j) for i, x in enumerate(one) for j, y in enumerate(other) if int(x ^ y).bit_count() <= distance]
    assert near_pairs(one, other, distance).tolist() == [list(pair) for pair in brute]


@given(st.lists(st.lists(st.sampled_from(["a", "b"]), max_size=14), max_size=6))
def test_runs_are_the_different_runs_of_eight_words(captions):
    texts = [" ".join(each) for each in captions]
    found = runs(texts, Lexicon())
    for row, said in enumerate(captions):
        true = {tuple(said[at : at + 8]) for at in range(len(said) - 7)}
        assert (found.caption == row).sum() == len(true)
    every = {tuple(said[at : at + 8]) for said in captions for at in range(len(said) - 7)}
    assert len(set(found.run.tolist())) == len(every)


@given(st.lists(st.sampled_from("abcdefgh,. "), max_size=40), st.lists(st.sampled_from("abcdefgh "), max_size=40))
def test_marks_are_stretches_that_the_other_has(start, end):
    known = "one two three four five six seven eight"
    caption, other = f"{' '.join(start)} {known}, nine", f"{' '.join(end)} ten {known}"
    for low, high in shared_stretches(caption, other):
        assert " ".join(words(caption[low:high])) in " ".join(words(other))
    assert known in [caption[low:high] for low, high in shared_stretches(caption, other)]


def test_words_have_no_typesetting():
    assert words("\u201cDon\u2019t!\u201d, SHE said\u2026") == ["don\u2019t", "she", "said"]
