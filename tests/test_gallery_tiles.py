"""The small pictures of an evaluation: which windows have one, what stands where in it, how much it weighs."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from smallest import smallest

from fabula.data.corpus import open_corpus
from fabula.evaluate import evaluate
from fabula.evaluate import gallery as galleries
from fabula.evaluate.gallery import GAP, HIGHEST, WIDEST, tile
from fabula.story import Frame

GIVEN, TRUE, TOLD = (40, 60, 200), (30, 160, 60), (210, 50, 40)


def plain(colour, size=(20, 30)):
    return np.full((*size, 3), colour, np.uint8)


def test_what_was_given_stands_above_what_is_true_and_what_was_told():
    drawn = np.asarray(tile([plain(GIVEN)] * 4, [plain(TRUE), plain(TOLD)]))
    below = drawn[-10]
    assert tuple(below[5][:3]) == TRUE
    assert tuple(below[-5][:3]) == TOLD
    assert below[30][3] == 0  # nothing between them
    assert {tuple(pixel[:3]) for pixel in drawn[2] if pixel[3]} == {GIVEN}


@given(st.integers(1, 700), st.integers(1, 700), st.integers(0, 9), st.integers(1, 4))
def test_a_tile_stays_small(height, width, given_frames, shown):
    pixels = np.zeros((height, width, 3), np.uint8)
    drawn = tile([pixels] * given_frames, [pixels] * shown)
    assert drawn.width <= shown * (WIDEST + GAP) - GAP
    assert drawn.height <= 2 * HIGHEST + GAP


class Red:
    """A model that paints red and writes one word."""

    paints = writes = True

    def tell(self, contexts, *, seed=0):
        return [Frame(Image.new("RGB", (24, 16), TOLD), "red") for _ in contexts]


class Mute(Red):
    """A floor that says nothing."""

    kind, paints = "floor", False


@pytest.fixture(scope="module")
def corpus():
    recipe = smallest("data.picture_size=16x24", "data.world={train: 4, validation: 2, test: 6, seed: 0}")
    return open_corpus(recipe.data), recipe


def evaluated(corpus, out, tellers, **settings):
    opened, recipe = corpus
    split = opened.splits["test"]
    evaluate(tellers, split, opened.tokenizer, recipe.data, out=out, only=["pictures"], **settings)
    return out / "gallery", split


def test_windows_that_are_looked_at_closely_have_a_picture(corpus, tmp_path):
    folder, split = evaluated(corpus, tmp_path / "out", {"model": Red(), "mute": Mute()}, closely=5)
    paths = sorted(folder.glob("*.webp"))
    expected = [number * len(split.windows) // 5 for number in range(5)]
    assert [int(path.stem) for path in paths] == expected
    assert json.loads((folder / "tiles.json").read_text()) == {"given": split.windows.context, "told": ["model"]}
    for number, path in zip(expected, paths, strict=True):
        drawn = np.asarray(Image.open(path).convert("RGB"), np.float64)[-16:]
        true = np.asarray(split.target(split.windows[number]).picture, np.float64)
        assert np.abs(drawn[:, :24] - true).mean() < 12
        assert np.abs(drawn[:, -24:] - TOLD).mean() < 12


def test_there_are_never_more_than_a_page_can_hold(corpus, tmp_path, monkeypatch):
    monkeypatch.setattr(galleries, "MOST", 3)
    folder, _ = evaluated(corpus, tmp_path / "out", {"model": Red()}, closely=9)
    assert len(list(folder.glob("*.webp"))) == 3


def test_an_evaluation_with_a_gallery_can_be_replaced(corpus, tmp_path):
    for closely in (4, 2):
        folder, _ = evaluated(corpus, tmp_path / "out", {"model": Red()}, closely=closely)
        assert len(list(folder.glob("*.webp"))) == closely
