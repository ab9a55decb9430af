"""Differences between arms: paired, and told only where they may be."""

import numpy as np
import pytest

from fabula.compare.protocol import refusal
from fabula.compare.windows import Windows, common
from fabula.metrics import WINDOWS
from fabula.study.compare import differences

STORIES, EACH = 12, 5


def told(error: np.ndarray, *, skip: int = 0) -> Windows:
    """Windows with these picture errors, without the first `skip`."""
    targets = [(f"story-{n // EACH}", n % EACH) for n in range(STORIES * EACH)][skip:]
    columns = {WINDOWS: np.ones(len(targets)), "picture.mae": error[skip:]}
    return Windows(targets, [str(target) for target in targets], columns)


@pytest.fixture
def errors() -> np.ndarray:
    """Stories differ far more from each other than arms do."""
    dice = np.random.default_rng(0)
    return np.repeat(dice.uniform(0, 10, STORIES), EACH) + dice.normal(0, 0.01, STORIES * EACH)


def test_an_arm_does_not_differ_from_itself(errors):
    found = differences(["picture.mae"], [told(errors)], [told(errors)])
    assert found == {"picture.mae": {"value": 0.0, "low": 0.0, "high": 0.0, "seeds": [0.0], "verdict": None}}


def test_pairing_shows_what_stories_would_hide(errors):
    dice = np.random.default_rng(1)
    less = [told(errors - 0.1 + dice.normal(0, 0.05, len(errors))) for _ in range(2)]
    same = [told(errors), told(errors)]
    better, worse = differences(["picture.mae"], less, same), differences(["picture.mae"], same, less)
    found = better["picture.mae"]
    assert found["low"] < found["value"] < found["high"] < 0
    assert found["value"] == pytest.approx(-0.1, abs=0.02)
    assert (found["verdict"], worse["picture.mae"]["verdict"]) == ("better", "worse")


def test_a_difference_within_chance_has_no_verdict(errors):
    other = errors + np.random.default_rng(2).normal(0, 0.3, len(errors))
    found = differences(["picture.mae"], [told(other)], [told(errors)])["picture.mae"]
    assert found["low"] < 0 < found["high"]
    assert found["verdict"] is None


def test_a_difference_that_one_seed_denies_has_no_verdict(errors):
    """The interval over stories is narrow, whatever training another seed would give."""
    mine, other = [told(errors - 0.5), told(errors + 0.1)], [told(errors), told(errors)]
    found = differences(["picture.mae"], mine, other)["picture.mae"]
    assert found["high"] < 0
    assert found["seeds"] == pytest.approx([-0.5, 0.1])
    assert found["verdict"] is None


def test_only_windows_that_all_have_told_are_compared(errors):
    arms = [told(errors, skip=3), told(errors)]
    targets = common(arms)
    assert len(targets) == STORIES * EACH - 3
    mine, other = (arm.of(targets) for arm in arms)
    assert (mine.targets, mine.truths) == (other.targets, other.truths)
    assert differences(["picture.mae"], [mine], [other])["picture.mae"]["value"] == 0


def test_what_one_of_them_lacks_is_left_out(errors):
    assert differences(["caption.bleu"], [told(errors)], [told(errors)]) == {}


def test_numbers_of_other_protocols_are_not_subtracted():
    protocol = {"picture_size": "8x8", "fit": "pad", "equalise": False, "content": "a", "caption_length": 12}
    one = {"data": "world", "split": "test", "protocol": {**protocol, "tokenizer": "x"}}
    larger = {**one, "protocol": {**one["protocol"], "picture_size": "16x16", "content": "b", "tokenizer": "y"}}
    assert refusal("picture.mae", one, one) is None
    assert refusal("picture.mae", larger, one) == "picture size is 16x16 here and 8x8 there"
    assert refusal("caption.perplexity_word", larger, one) is None
    assert refusal("caption.perplexity", larger, one) == "tokenizer is y here and x there"
    assert refusal("caption.bleu", one, {**one, "split": "hard"}) == "split is test here and hard there"
