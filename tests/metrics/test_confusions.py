"""What is taken for what: rows are what was asked, the diagonal is the measure, the truth confuses nothing."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabula.metrics import Scores
from fabula.metrics.answers import ANSWERS, CAPTION, NEVER_TRUE, PICTURE, SILENT, UNREAD, number_of
from fabula.metrics.cast import MISTAKES, NEW, ONE, OTHER, PARTS, SOME, STRANGER, TWO, part, told_part
from fabula.metrics.confusions import confusions
from fabula.metrics.questions import MEASURES
from fabula.metrics.told import Told
from fabula.metrics.truth import Truth
from fabula.story import Size
from fabula.world import make_story
from fabula.world.questions.asking import CAPTION_QUESTIONS, PICTURE_QUESTIONS, answer
from fabula.world.tale import tell_facts

SIZE, K = Size(24, 50), 3
QUESTIONS = ("questions",)


@pytest.fixture(scope="module")
def truth():
    """A few windows of some stories."""
    stories = [make_story("test", 5, index, SIZE).frames for index in range(4)]
    pairs = [(frames[at], frames[at - K : at]) for frames in stories for at in (3, 5)]
    pictures = np.stack([np.asarray(frame.picture) for frame, _ in pairs])
    captions = [frame.caption for frame, _ in pairs]
    return Truth(pictures, captions, [frame for frame, _ in pairs], [given for _, given in pairs])


def scored(truth, pictures, captions, few=None):
    scores = Scores(QUESTIONS)
    scores.add(Told(truth.pictures, truth.captions, pictures=pictures, captions=captions, truth=truth, few=few))
    return scores


def diagonal(found):
    return np.trace(np.array(found["counts"]))


def tellers(truth):
    """Captions and pictures of others, blends that are near to several, and a text that says nothing."""
    blend = np.broadcast_to(truth.pictures.mean(0).astype(np.uint8), truth.pictures.shape)
    last = [given[-1] for given in truth.contexts]
    return {
        "true": (truth.pictures, truth.captions),
        "of another story": (np.roll(truth.pictures, 2, 0), [*truth.captions[2:], *truth.captions[:2]]),
        "the last frame": (np.stack([np.asarray(f.picture) for f in last]), [f.caption for f in last]),
        "always the same": (blend, [truth.captions[0]] * len(truth.captions)),
        "nothing": (np.zeros_like(truth.pictures), ["Well."] * len(truth.captions)),
    }


NAMES = ["true", "of another story", "the last frame", "always the same", "nothing"]


@pytest.mark.parametrize("name", NAMES)
def test_rows_sum_to_what_was_asked_and_the_diagonal_is_the_measure(truth, name):
    few = np.arange(len(truth.captions)) % 3 > 0
    scores = scored(truth, *tellers(truth)[name], few=few)
    found, values = confusions(scores.columns), scores.values(np.arange(len(few)))
    assert found.keys() == {question for question in MEASURES if values[question]["value"] is not None}
    for question, entry in found.items():
        (asked,), (true,) = scores.columns[f"{question}.asked"], scores.columns[f"{question}.true"]
        counts, answers = np.array(entry["counts"]), entry["answers"]
        assert counts.shape == (len(answers),) * 2
        for row, said in zip(counts, answers, strict=True):
            assert row.sum() == pytest.approx(asked[true == number_of(question, said)].sum(), abs=0.01), question
        assert entry["windows"] == asked.sum() == pytest.approx(counts.sum(), abs=0.01)
        assert diagonal(entry) / entry["windows"] == pytest.approx(values[question]["value"], abs=0.001), question


def test_the_truth_confuses_nothing(truth):
    found = confusions(scored(truth, truth.pictures, truth.captions).columns)
    assert {question.rsplit(".", 1)[0] for question in found} == {CAPTION, PICTURE}
    for question, entry in found.items():
        counts = np.array(entry["counts"])
        assert (counts == np.diag(np.diag(counts))).all(), question
        assert set(entry["answers"]).isdisjoint(NEVER_TRUE)


def test_what_was_true_is_the_same_for_all(truth):
    """Whatever was told, the rows are of the same windows."""
    rows = [row_sums(confusions(scored(truth, *told).columns)) for told in tellers(truth).values()]
    assert all(each == rows[0] for each in rows)


def row_sums(found):
    pairs = [(question, zip(entry["answers"], entry["counts"], strict=True)) for question, entry in found.items()]
    return {(question, said): round(sum(row)) for question, rows in pairs for said, row in rows if sum(row)}


def test_silence_is_told_from_words_that_are_not_understood(truth):
    found = confusions(scored(truth, None, ["Well."] * len(truth.captions)).columns)
    assert all(diagonal(entry) == 0 for entry in found.values())
    expected = dict.fromkeys(CAPTION_QUESTIONS, SILENT) | {"doing": UNREAD, "holding": UNREAD}
    for question, entry in found.items():
        never = [answer for answer in entry["answers"] if answer in NEVER_TRUE]
        assert never == [expected[question.removeprefix(f"{CAPTION}.")]]
    both = confusions(scored(truth, None, ["In the garden. In the forest."] * len(truth.captions)).columns)
    assert UNREAD in both[f"{CAPTION}.where"]["answers"]


def test_chunks_count_as_the_whole(truth):
    pictures, captions = tellers(truth)["of another story"]
    whole, parts = scored(truth, pictures, captions), Scores(QUESTIONS)
    for rows in (slice(0, 3), slice(3, 8)):
        some = Truth(truth.pictures[rows], truth.captions[rows], truth.frames[rows], truth.contexts[rows])
        parts.add(Told(some.pictures, some.captions, pictures=pictures[rows], captions=captions[rows], truth=some))
    assert confusions(parts.columns) == confusions(whole.columns)


def test_data_without_scenes_confuse_nothing(truth):
    plain = Truth(truth.pictures, truth.captions)
    assert confusions(scored(plain, truth.pictures, truth.captions).columns) == {}


def test_a_picture_as_near_to_two_counts_in_parts():
    name = f"{PICTURE}.light"
    of = {"right": 0.5, "asked": 1.0, "true": 1.0, "told": 2.0}
    (entry,) = confusions({f"{name}.{part}": [np.array([value])] for part, value in of.items()}).values()
    assert entry == {"windows": 1, "answers": list(ANSWERS[name][1:3]), "counts": [[0.5, 0.5], [0, 0]]}


@pytest.mark.parametrize("split", ["train", "hard"])
def test_every_true_answer_has_a_number(split):
    scenes = [scene for index in range(40) for scene in tell_facts(split, 1, index).scenes]
    for scene in scenes:
        for question in PICTURE_QUESTIONS:
            number_of(f"{PICTURE}.{question}", answer(scene, question, "picture"))
        for question in CAPTION_QUESTIONS[1:]:
            number_of(f"{CAPTION}.{question}", answer(scene, question))


PEOPLE = ("Ada", "Ivy", "Max", "Otto", "Pip")
PAIRS = [*PEOPLE, *(" and ".join(pair) for pair in combinations(PEOPLE, 2))]


@given(st.sampled_from(PAIRS), st.sampled_from(PAIRS), st.frozensets(st.sampled_from(PEOPLE)))
def test_only_right_names_have_the_true_part(told, true, cast):
    found = told_part(told, true, cast)
    assert (found == part(true, cast)) == (told == true)
    assert found in (PARTS if told == true else MISTAKES)
    assert (found == STRANGER) == bool(set(told.split(" and ")) - set(true.split(" and ")) - cast)


@pytest.mark.parametrize(
    ("told", "true", "found"),
    [("Ada", "Ada", ONE), ("Ada and Max", "Ada and Max", TWO), ("Ada and Pip", "Ada and Pip", NEW),
     ("Ada", "Ada and Max", SOME), ("Pip", "Max and Pip", SOME), ("Max", "Ada", OTHER), ("Ada and Max", "Ada", OTHER),
     ("Max", "Pip", OTHER), ("Ada and Pip", "Ada", STRANGER)],
)  # fmt: skip
def test_names_are_held_against_the_cast(told, true, found):
    assert told_part(told, true, frozenset({"Ada", "Max"})) == found
