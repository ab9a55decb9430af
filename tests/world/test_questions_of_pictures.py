"""Pictures are asked, and next frames have rivals: one fact is another, and the true answer wins."""

import numpy as np
import pytest

from fabula.story import Size
from fabula.world.language.words import Words
from fabula.world.paint.picture import paint
from fabula.world.questions.asking import PICTURE_QUESTIONS, answer
from fabula.world.questions.changing import changes, dice_of
from fabula.world.questions.retelling import derivation, retold
from fabula.world.questions.rivals import FACTS, candidates
from fabula.world.questions.seeing import CHOICES, Renders, differ, distances, read_picture, reduced, small
from fabula.world.story import told_captions
from fabula.world.tale import tell_facts

SIZE = Size(24, 50)


@pytest.fixture(scope="module")
def frames():
    """Scenes, their captions and what came before, from several stories."""
    found = []
    for index in range(6):
        tale = tell_facts("test", 5, index)
        captions = [told.text for told in told_captions(tale)]
        found += [(tale.scenes[i], captions[i], tale.scenes[i - 3 : i]) for i in (4, 6)]
    return found


@pytest.fixture(scope="module")
def seen(frames):
    return [Renders(scene, SIZE) for scene, *_ in frames]


def test_a_change_gives_another_answer_each_time_and_leaves_the_others(frames):
    for scene, *_ in frames:
        for question in ("where", "light", "weather", "shot", "holding"):
            others = list(changes(scene, question))
            said = [answer(other, question, "picture") for other in others]
            assert len({*said, answer(scene, question, "picture")}) == len(said) + 1
            untouched = set(PICTURE_QUESTIONS) - {question, "doing", "who"}
            assert all(answer(o, q, "picture") == answer(scene, q, "picture") for o in others for q in untouched)


def test_a_true_picture_answers_truly_and_every_choice_is_read_as_itself(frames, seen):
    asked = 0
    for (scene, *_), renders in zip(frames, seen, strict=True):
        true = np.asarray(paint(scene, SIZE).picture)
        for question in PICTURE_QUESTIONS:
            choices = renders.choices(question)
            if choices is None:
                continue
            asked += 1
            assert len(set(choices.answers)) == len(choices.answers) == CHOICES[question]
            assert read_picture(scene.record(), true, question) == answer(scene, question, "picture")
            for place, picture in enumerate(choices.pictures):
                assert distances(picture, choices.pictures).argmin() == place
    assert asked > 0.8 * len(frames) * len(PICTURE_QUESTIONS)


def test_the_true_render_stands_at_no_favoured_place(seen):
    places = [found.right for renders in seen for question in PICTURE_QUESTIONS if (found := renders.choices(question))]
    assert min(places.count(place) for place in range(3)) > len(places) / 10


def test_what_cannot_be_seen_is_not_asked(seen):
    for renders in seen:
        assert not differ(renders.true, renders.true)
        for question in PICTURE_QUESTIONS:
            found = renders.choices(question)
            others = [] if found is None else np.delete(found.pictures, found.right, axis=0)
            assert all(differ(other, renders.true) for other in others)


def test_large_pictures_are_compared_small():
    assert small(Size(256, 512)) == Size(64, 128)
    assert small(SIZE) == SIZE
    half = np.zeros((4, 4, 3), np.uint8)
    half[:, 1::2] = 200
    assert (reduced(half, Size(2, 2)) == 100).all()


def test_a_caption_retold_of_its_own_scene_is_the_same(frames):
    for scene, caption, _ in frames:
        assert retold(scene, caption, scene, dice_of(scene, "cloze")) == caption
        assert derivation(Words(scene), caption + "?") is None
        assert retold(scene, "No telling of it.", scene, dice_of(scene, "cloze"))


def test_five_candidates_differ_in_one_fact_and_hardly_in_length(frames, seen):
    found, far = [], []
    for (scene, caption, context), renders in zip(frames, seen, strict=True):
        five = candidates(scene, caption, context, dice_of(scene, "cloze"), renders)
        again = candidates(scene, caption, context, dice_of(scene, "cloze"), Renders(scene, SIZE))
        assert (five is None) == (again is None)
        if five is None or again is None:
            continue
        assert five.captions == again.captions  # they follow from the frame alone
        assert len(set(five.captions)) == 5
        assert five.captions[five.right] == caption
        assert (five.pictures[five.right] == renders.true).all()
        assert five.changed[five.right] == ""
        assert set(five.changed) <= {"", *FACTS}
        far += [abs(len(told.split()) - len(caption.split())) for told in five.captions]
        found.append(five.right)
    assert len(found) > 0.8 * len(frames)
    assert np.mean(far) < 2
    assert len(set(found)) > 2
