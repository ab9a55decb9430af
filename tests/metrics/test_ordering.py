"""Measures are tried on truths made worse: what is plainly worse is last, and who cannot tell is found out."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabula.images import prepare
from fabula.metrics import MEASURES
from fabula.metrics.degraded import degraded_captions, degraded_pictures
from fabula.metrics.measure import WINDOWS, Measure, mean_of
from fabula.metrics.ordering import DEMANDS, ordering, sentences
from fabula.metrics.pictures import gradient_energy, mse, unit
from fabula.metrics.truth import Truth
from fabula.story import Size
from fabula.world import make_story

K, SIZE = 4, Size(60, 125)
OTHERS = np.roll(np.arange(32), 5)  # each window is of a story of its own


@pytest.fixture(scope="module")
def truth():
    frames = [make_story("test", 0, index, SIZE).frames for index in range(32)]
    targets = [each[K] for each in frames]
    pictures = np.stack([prepare(frame.picture, SIZE) for frame in targets])
    return Truth(pictures, [frame.caption for frame in targets], targets, [list(each[:K]) for each in frames])


@pytest.fixture(scope="module")
def found(truth):
    return ordering(truth, OTHERS)


def test_every_measure_with_a_better_side_is_tried_but_the_teacher_forced(found):
    assert {"picture.mae", "picture.mse", "picture.psnr", "picture.ssim", "caption.bleu", "caption.chrf"} <= set(found)
    for name, judged in found.items():
        assert MEASURES[name].better
        assert MEASURES[name].regime != "teacher-forced"
        assert set(judged["order"]) == set(judged["values"])
    assert "picture.sharpness" not in found


def test_nothing_beats_the_truth_in_any_measure(found):
    for name, judged in found.items():
        assert judged["order"][0] == "truth", name
        assert not [sentence for sentence in judged["wrong"] if sentence.endswith("beats truth")], name


def test_noise_is_the_worst_picture_and_letters_the_worst_caption(found):
    for name in ("picture.mae", "picture.mse", "picture.psnr", "picture.ssim"):
        assert found[name]["order"][-1] == "noise"
    for name in ("caption.bleu", "caption.rouge_l"):
        assert found[name]["order"][-1] == "letters shuffled"


def test_pixel_errors_fall_into_the_trap_of_the_blur_and_say_why(found):
    for name in ("picture.mae", "picture.mse", "picture.psnr"):
        assert found[name]["wrong"] == ["strong blur beats nearest frame"]
        assert "pixels in their places" in found[name]["why"]["strong blur beats nearest frame"]
        assert not found[name]["right"]
    assert found["picture.ssim"]["right"]
    assert "words shuffled beats last caption" in found["caption.rouge_l"]["wrong"]
    assert [said for said in sentences(found) if said.startswith("picture.mae does not order rightly: strong blur")]


def test_a_measure_turned_round_is_found_out(truth, monkeypatch):
    monkeypatch.setitem(MEASURES, "picture.turned", mean_of("picture.mae", "higher", "Mean error, taken for a merit."))
    judged = ordering(truth, OTHERS)["picture.turned"]
    assert judged["order"][-1] == "truth"
    asked = [pair for pair in DEMANDS if set(pair) <= set(judged["values"])]
    assert len(judged["wrong"]) == len(asked) - 1  # all but the one that the error itself gets wrong


def test_a_measure_that_says_the_same_of_everything_is_not_right(truth, monkeypatch):
    monkeypatch.setitem(MEASURES, "picture.deaf", Measure("n.a.", "higher", "One.", (WINDOWS,), np.ones_like))
    judged = ordering(truth, OTHERS)["picture.deaf"]
    assert not judged["right"]
    assert not judged["wrong"]
    assert judged["tied"]


def test_what_nobody_knows_is_not_tried(truth):
    alone = ordering(Truth(truth.pictures, truth.captions))
    assert set(alone["picture.mae"]["values"]) == {"truth", "slight blur", "strong blur", "noise"}
    assert set(alone["caption.bleu"]["values"]) == {"truth", "a word dropped", "words shuffled", "letters shuffled"}
    assert alone["picture.mae"]["right"]


def test_the_same_seed_gives_the_same(truth, found):
    assert ordering(truth, OTHERS) == found
    assert ordering(truth, OTHERS, seed=1)["picture.mae"] != found["picture.mae"]


def test_pictures_are_made_worse_as_their_names_say(truth):
    before = truth.pictures.copy()
    made = degraded_pictures(truth, OTHERS, np.random.default_rng(0))
    assert {each.shape for each in made.values()} == {truth.pictures.shape}
    sharp = [gradient_energy(unit(made[name])).mean() for name in ("noise", "truth", "slight blur", "strong blur")]
    assert sharp == sorted(sharp, reverse=True)
    errors = {name: mse(unit(each), unit(truth.pictures)) for name, each in made.items()}
    assert (errors["nearest frame"] <= errors["last frame"]).all()
    np.testing.assert_array_equal(made["another story"], truth.pictures[OTHERS])
    np.testing.assert_array_equal(truth.pictures, before)


@settings(max_examples=20)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=4))
def test_captions_are_made_worse_as_their_names_say(captions):
    truth = Truth(np.zeros((len(captions), 4, 4, 3), np.uint8), captions)
    made = degraded_captions(truth, None, np.random.default_rng(0))
    for row, caption in enumerate(captions):
        words = caption.split()
        assert Counter(made["words shuffled"][row].split()) == Counter(words)
        assert len(made["a word dropped"][row].split()) == max(len(words) - 1, 0)
        assert Counter(made["letters shuffled"][row]) == Counter(" ".join(words))
        assert [*map(len, made["letters shuffled"][row].split(" "))] == [*map(len, " ".join(words).split(" "))]
