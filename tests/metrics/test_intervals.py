"""Values, intervals and chunks."""

import json

import numpy as np
import pytest

from fabula.metrics import MEASURES, Scores, Told
from fabula.metrics.bootstrap import totals


def windows(count, seed=0):
    dice = np.random.default_rng(seed)
    pictures = dice.integers(0, 256, (2, count, 8, 9, 3), dtype=np.uint8)
    words = np.array(["the", "cat", "saw", "a", "red", "ball", "in", "one", "dark", "wood"])
    texts = [[" ".join(dice.choice(words, 6)) for _ in range(count)] for _ in range(2)]
    return Told(pictures[0], texts[0], pictures=pictures[1], captions=texts[1])


def part(told, rows):
    return Told(told.true_pictures[rows], told.true_captions[rows], told.pictures[rows], told.captions[rows])


def test_chunks_change_nothing():
    told, whole, parted = windows(30), Scores(), Scores()
    whole.add(told)
    for start in range(0, 30, 7):
        parted.add(part(told, slice(start, start + 7)))
    stories = np.arange(30) // 4
    assert _rounded(whole.values(stories)) == _rounded(parted.values(stories))


def test_every_value_stands_in_its_interval_and_says_its_regime():
    scores = Scores()
    scores.add(windows(60))
    found = scores.values(np.arange(60) // 3)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    for name, entry in found.items():
        assert entry["n"] == 60
        assert entry["regime"] == MEASURES[name].regime
        assert (entry["regime"] == "n.a.") == name.startswith("picture.")
        if MEASURES[name].reads and name != "caption.bleu":
            assert entry["low"] <= entry["value"] <= entry["high"], name


def test_the_interval_of_a_mean_is_the_textbooks():
    x = np.random.default_rng(0).normal(size=(400, 1))
    drawn = totals(x, np.arange(400), seed=0)[:, 0] / 400
    assert drawn.std() == pytest.approx(x.std() / 20, rel=0.1)


def test_a_gain_is_paired_and_its_sign_is_for_better():
    told = windows(60)
    near = Told(told.true_pictures, told.true_captions, told.true_pictures, told.captions)
    ours, theirs = Scores(), Scores()
    ours.add(near)
    theirs.add(told)
    stories = np.arange(60) // 3
    for measure in ("picture.mae", "picture.ssim"):  # one is better low, the other high
        gain = ours.gains(theirs, stories)[measure]
        assert 0 < gain["low"] <= gain["value"] <= gain["high"]
        assert theirs.gains(ours, stories)[measure]["value"] == -gain["value"]
        assert set(ours.gains(ours, stories)[measure].values()) == {0.0}
    found = ours.gains(theirs, stories)
    assert "caption.perplexity" not in found  # nobody could tell how likely a caption is
    assert "picture.sharpness" not in found  # it has no better side
    assert ours.gains(theirs, stories, only=["picture.mae"]).keys() == {"picture.mae"}
    assert set(ours.gains(theirs, np.zeros(60))["picture.mae"]) == {"value"}


def test_stories_are_drawn_whole():
    x = np.tile(np.array([[1.0], [-1.0]]), (50, 1))
    assert np.all(totals(x, np.arange(100) // 2, seed=0) == 0)
    assert totals(x, np.zeros(100), seed=0) is None


def test_rows_hold_the_score_of_each_window():
    told, scores = windows(12), Scores()
    rows = scores.add(told)
    whole = scores.values(np.arange(12))
    for name in ("picture.mae", "caption.rouge_l", "picture.ssim"):
        assert rows[name].mean() == pytest.approx(whole[name]["value"])
    alone = Scores().add(part(told, slice(3, 4)))
    assert rows["caption.chrf"][3] == pytest.approx(alone["caption.chrf"][0])


def _rounded(values):
    return {k: {x: round(y, 6) if isinstance(y, float) else y for x, y in v.items()} for k, v in values.items()}


def test_the_way_is_0_at_the_floor_and_1_at_the_ceiling_whichever_side_is_better():
    told = windows(60)
    stories = np.arange(60) // 3
    near, half = (
        Told(told.true_pictures, told.true_captions, pictures, told.captions)
        for pictures in (told.true_pictures, (told.true_pictures // 2 + told.pictures // 2))
    )
    floor, middle, ceiling = Scores(), Scores(), Scores()
    for scores, each in ((floor, told), (middle, half), (ceiling, near)):
        scores.add(each)
    for measure in ("picture.mae", "picture.ssim"):
        assert floor.way(floor, ceiling, stories)[measure] == {"value": 0, "low": 0, "high": 0}
        assert ceiling.way(floor, ceiling, stories)[measure] == {"value": 1, "low": 1, "high": 1}
        there = middle.way(floor, ceiling, stories)[measure]
        assert 0 < there["low"] <= there["value"] <= there["high"] < 1
    assert "picture.mae" not in middle.way(ceiling, floor, stories)  # no ceiling lies below its floor
    assert "picture.sharpness" not in middle.way(floor, ceiling, stories)


def test_no_way_is_told_where_the_ceiling_is_above_the_floor_by_chance_alone():
    stories, told = np.arange(60) // 3, windows(60)
    floor, ceiling, far = Scores(), Scores(), Scores()
    for scores, better_by in ((floor, np.zeros(60)), (ceiling, np.linspace(-1, 1.02, 60)), (far, np.ones(60))):
        scores.add(told, {"picture.mae": 2.0 - better_by})
    assert "picture.mae" not in floor.way(floor, ceiling, stories)
    assert floor.way(floor, far, stories)["picture.mae"]["value"] == 0


def test_columns_from_elsewhere_take_the_place_of_those_that_were_told():
    told = windows(6)
    scores = Scores()
    scores.add(told, {"picture.mae": np.full(6, 0.25)})
    assert scores.values(np.arange(6))["picture.mae"]["value"] == 0.25
