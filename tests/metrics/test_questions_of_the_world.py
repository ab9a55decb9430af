"""World questions and story cloze as measures: the truth is right, who cannot choose has chance."""

import numpy as np
import pytest

from fabula.metrics import cloze, questions
from fabula.metrics.told import Told
from fabula.metrics.truth import Truth
from fabula.story import Frame, Size
from fabula.world import make_story
from fabula.world.questions.rivals import Candidates

SIZE, K = Size(24, 50), 3


@pytest.fixture(scope="module")
def truth():
    """A few windows of some stories."""
    stories = [make_story("test", 5, index, SIZE).frames for index in range(3)]
    pairs = [(frames[at], frames[at - K : at]) for frames in stories for at in (3, 5)]
    pictures = np.stack([np.asarray(frame.picture) for frame, _ in pairs])
    captions = [frame.caption for frame, _ in pairs]
    return Truth(pictures, captions, [frame for frame, _ in pairs], [given for _, given in pairs])


def told(truth, **said):
    return Told(truth.pictures, truth.captions, **said, truth=truth)


def values(room, columns):
    sums = {name: np.asarray(column.sum()) for name, column in columns.items()}
    known = {name: measure for name, measure in room.MEASURES.items() if set(measure.reads) <= sums.keys()}
    return {name: float(measure.value(sums)) for name, measure in known.items()}


def test_the_truth_has_everything_right(truth):
    true = told(truth, pictures=truth.pictures, captions=truth.captions)
    found = values(questions, questions.statistics(true)) | values(cloze, cloze.statistics(true))
    assert len(found) == len(questions.MEASURES) + 2
    assert all(value == 1 or np.isnan(value) for value in found.values()), found
    assert sum(np.isnan(value) for value in found.values()) < 3


def test_what_others_tell_is_mostly_wrong(truth):
    other = told(truth, pictures=np.roll(truth.pictures, 2, 0), captions=truth.captions[2:] + truth.captions[:2])
    found = values(questions, questions.statistics(other))
    assert found["world.caption.who"] == 0
    assert np.nanmean(list(found.values())) < 0.6


def test_only_windows_that_are_asked_are_painted(truth):
    few = np.arange(len(truth.captions)) == 1
    some = told(truth, pictures=truth.pictures, captions=truth.captions, few=few)
    for columns in (questions.statistics(some), cloze.statistics(some)):
        for name, column in columns.items():
            if name.startswith(("world.picture", "cloze")):
                assert not column[~few].any(), name
        assert any(column[1] for column in columns.values())


@pytest.mark.parametrize("frames", [(), (Frame(None, "Once."),) * 6, (Frame(None, "Once.", scene={"who": "me"}),) * 6])
def test_without_scenes_there_are_no_columns(truth, frames):
    plain = Truth(truth.pictures, truth.captions, frames, [()] * 6 if frames else ())
    said = told(plain, pictures=truth.pictures, captions=truth.captions, cloze=np.zeros((6, 5)))
    assert questions.statistics(said) == {}
    assert cloze.statistics(said) == {}


def test_likelihood_is_compared_by_the_word(truth):
    found = cloze.candidates(told(truth))
    assert any(found)
    words = np.array([[len(caption.split()) for caption in five.captions] if five else [0.0] * 5 for five in found])
    even = cloze.by_likelihood(found, words)  # all are as likely
    assert even["cloze.caption.right"].sum() == pytest.approx(even["cloze.caption.asked"].sum() / 5)
    nats = np.array([[9.0 - 8 * (f is not None and place == f.right) for place in range(5)] for f in found])
    sure = cloze.statistics(told(truth, cloze=nats))
    assert sure["cloze.caption.right"].sum() == sure["cloze.caption.asked"].sum() > 0


def test_who_always_takes_the_first_gets_chance():
    """The order is drawn as the world draws it: from the scene."""
    from fabula.world.questions.changing import dice_of
    from fabula.world.tale import tell_facts

    scenes = [scene for index in range(60) for scene in tell_facts("test", 5, index).scenes]
    rights = [dice_of(scene, "cloze").number("right") % cloze.FIVE for scene in scenes]
    five = [Candidates(("",) * 5, np.zeros((5, 1, 1, 3), np.uint8), right, ("",) * 5) for right in rights]
    for place in range(5):
        first = np.tile((np.arange(5) != place).astype(float), (len(five), 1))
        columns = cloze.scored("cloze.caption", five, first)
        share = columns["cloze.caption.right"].mean()
        assert abs(share - 0.2) < 0.06, (place, share)
    ties = cloze.scored("cloze.caption", five, np.zeros((len(five), 5)))
    assert np.allclose(ties["cloze.caption.right"], 0.2)


def test_ties_share_the_point():
    assert questions.share_right(np.array([0.1, 0.1, 0.3]), 0) == 0.5
    assert questions.share_right(np.array([0.1, 0.1, 0.3]), 2) == 0
    assert questions.share_right(np.array([0.3, 0.2]), 1) == 1
    assert questions.share_right(np.array([np.inf, 1.0]), 0) == 0
    assert questions.share_right(np.array([np.nan, 1.0]), 1) == 0  # who cannot be compared is not right
