"""Captions are asked: the true ones answer truly, what they do not tell is not asked, others answer by chance."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabula.errors import FabulaError
from fabula.world.language.phrases import EVENTS, INSIDE, OPENINGS, OUTSIDE
from fabula.world.language.words import SKY_EVENTS, Words
from fabula.world.paint.poses import DOING
from fabula.world.places import PLACES
from fabula.world.questions.asking import CAPTION_QUESTIONS, QUESTIONS, answer, answers
from fabula.world.questions.patterns import patterns
from fabula.world.questions.reading import near_event, read_caption, told_of
from fabula.world.questions.retelling import derivation
from fabula.world.story import told_captions
from fabula.world.tale import tell_facts

STORIES = 25


@pytest.fixture(scope="module", params=["test", "hard"])
def told(request):
    """Scenes and their captions."""
    tales = [tell_facts(request.param, 5, index) for index in range(STORIES)]
    return [(scene, told.text) for tale in tales for scene, told in zip(tale.scenes, told_captions(tale), strict=True)]


def test_true_captions_answer_truly(told):
    points, asked = Counter(), Counter()
    for scene, caption in told:
        said, true = read_caption(caption), answers(scene)
        for question in (question for question, yes in told_of(scene, caption).items() if yes):
            asked[question] += 1
            points[question] += said[question] == true[question]
    assert set(asked) == set(CAPTION_QUESTIONS)
    assert min(points[question] / asked[question] for question in asked) >= 0.99


@pytest.mark.parametrize("table", [OUTSIDE, INSIDE, OPENINGS])
def test_all_that_is_said_of_light_and_weather_is_read(table):
    for (light, weather), texts in table.items():
        for text in (text for text in texts if "once upon" not in text):
            told = text.format(place="the hill", here="on the hill")
            caption = f"Mila left. {told.capitalize()}." if table is not OPENINGS else f"{told.capitalize()}Mila left."
            said = read_caption(caption)
            assert (said["light"], said["weather"]) == (light, weather), caption


def test_who_and_doing_can_always_be_asked(told):
    for scene, caption in told:
        asked = told_of(scene, caption)
        assert asked["who"], caption
        assert asked["doing"], caption


def test_what_the_grammar_chose_to_tell_is_what_is_asked(told):
    """Light and weather are told by a sentence about the sky, an opening or an event; a place by its slots."""
    for scene, caption in told:
        choices = derivation(Words(scene), caption)
        assert choices is not None
        asked, filled = told_of(scene, caption), dict(choices)
        table = INSIDE if PLACES[scene.place].indoors else OUTSIDE
        sky = [text for slot, text in choices if slot == "setting" and text in table[scene.light, scene.weather]]
        opening = filled.get("lead") in OPENINGS[scene.light, scene.weather] and "upon" not in filled["lead"]
        assert asked["light"] == bool(sky or opening or scene.event.kind in ("dusk", "night")), caption
        assert asked["weather"] == bool(sky or opening or scene.event.kind in ("rain", "snow", "clear")), caption
        if {"place", "mark"} & filled.keys():
            assert asked["where"], caption


def test_another_storys_caption_answers_by_chance(told):
    half = len(told) // 2
    for question in CAPTION_QUESTIONS:
        asked = [i for i, (scene, caption) in enumerate(told) if told_of(scene, caption)[question]]
        pairs = [(told[i][0], told[i - half][1]) for i in asked]
        points = sum(read_caption(other)[question] == answer(scene, question) for scene, other in pairs)
        most = Counter(answer(scene, question) for scene, _ in pairs).most_common(1)[0][1]
        assert points <= most + 0.05 * len(pairs), question  # no better than the best constant answer


def test_every_way_to_tell_an_event_is_a_pattern_of_a_kind():
    assert len(patterns()) == sum(map(len, EVENTS.values()))
    assert {pattern.kind for pattern in patterns()} == set(DOING)


@pytest.mark.parametrize(
    ("caption", "said"),
    [
        ("Mila found the key behind the old oak. It was a wet and rainy day.",
         {"who": "Mila", "doing": "find", "where": "meadow", "holding": "key", "light": "day", "weather": "rain"}),
        ("She looked for it.", {"who": "", "where": "", "holding": ""}),  # no pronoun is resolved
        ("Otto gave the red ball to Ada in the garden, and the forest was dark.", {"who": "Ada and Otto", "where": ""}),
        ("Otto carefully carefully opened opened the letter .", {"who": "Otto", "doing": "open"}),
        ("", dict.fromkeys(CAPTION_QUESTIONS, "")),
    ],
)  # fmt: skip
def test_texts_that_no_grammar_told_are_read_as_far_as_they_go(caption, said):
    assert {question: read_caption(caption)[question] for question in said} == said


def test_a_garbled_event_is_still_known(told):
    """Every fifth word twice: the phrases do not stand as they were, but their words do."""
    known = 0
    for scene, caption in told:
        words = caption.split()
        garbled = " ".join(word for i, word in enumerate(words) for _ in range(1 + (i % 5 == 2)))
        known += read_caption(garbled)["doing"] == scene.event.kind
    assert known > 0.8 * len(told)


def test_an_event_of_the_sky_says_nothing_of_hands(told):
    assert all(read_caption(text)["holding"] == "" for scene, text in told if scene.event.kind in SKY_EVENTS)


@settings(max_examples=20)
@given(st.text(max_size=80))
def test_any_text_can_be_read(caption):
    assert set(read_caption(caption)) == set(CAPTION_QUESTIONS)
    near_event(caption)


def test_an_unknown_question_is_answered_with_those_there_are():
    scene = tell_facts("test", 5, 0).scenes[0]
    assert all(answer(scene, question) for question in QUESTIONS)
    with pytest.raises(FabulaError, match="Did you mean 'where'"):
        answer(scene, "were")
