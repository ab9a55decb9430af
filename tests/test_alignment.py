"""Cross-modal similarity: true pairs beside shuffled ones, told pairs beside both."""

import numpy as np

from fabula.evaluate.alignment import cross_modal
from fabula.story import Frame

STORIES = np.array([0, 0, 1, 1, 2, 2])
OTHER = np.array([2, 3, 4, 5, 0, 1])
TRUTHS = [Frame(None, str(number)) for number in range(6)]


def by_number(frames):
    """Encoders that know which frame it is, and agree."""
    ones = np.eye(6)[[int(frame.caption) for frame in frames]]
    return ones, ones


def all_alike(frames):
    ones = np.ones((len(frames), 4)) / 2
    return ones, ones


def test_encoders_that_agree_tell_true_pairs_from_shuffled_ones():
    found = cross_modal(by_number, TRUTHS, TRUTHS[::-1], OTHER, STORIES)
    assert {name: entry["value"] for name, entry in found.items()} == {"told": 1.0, "true": 1.0, "shuffled": 0.0}
    assert all(entry["low"] <= entry["value"] <= entry["high"] and entry["n"] == 6 for entry in found.values())


def test_encoders_that_map_everything_to_one_place_give_one_for_all_three():
    found = cross_modal(all_alike, TRUTHS, TRUTHS, OTHER, STORIES)
    assert {entry["value"] for entry in found.values()} == {1.0}


def test_who_does_not_tell_both_has_no_told_pair():
    assert cross_modal(by_number, TRUTHS, None, OTHER, STORIES).keys() == {"true", "shuffled"}
