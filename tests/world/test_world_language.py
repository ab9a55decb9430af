"""The grammar: exact odds, captions of the right length, mentions that point at what they name."""

import re
from collections import Counter
from itertools import pairwise

import pytest

from fabula.world.dice import Dice
from fabula.world.events import POSSIBLE
from fabula.world.language.grammar import likelihood, tell, tokens
from fabula.world.language.phrases import EVENTS, FEELS
from fabula.world.language.words import Words
from fabula.world.scene import from_record
from fabula.world.story import told_captions
from fabula.world.tale import tell_facts

TOY = {"caption": {"^{a} {a}": 1, "X y": 1}, "a": {"x": 1, "y": 3}}


def test_a_text_is_as_likely_as_all_ways_to_derive_it():
    assert likelihood(TOY.__getitem__, "X y") == 0.5 * 0.25 * 0.75 + 0.5
    assert likelihood(TOY.__getitem__, "Y y") == 0.5 * 0.75 * 0.75
    assert likelihood(TOY.__getitem__, "x y") == 0


def test_texts_are_told_as_often_as_they_are_likely():
    told = Counter(tell(TOY.__getitem__, Dice(i), "t").text for i in range(3000))
    for text, times in told.items():
        assert abs(times / 3000 - likelihood(TOY.__getitem__, text)) < 0.04


def test_every_event_has_at_least_six_ways_to_be_told():
    assert {kind.split()[0] for kind in EVENTS} == {kind.split()[0] for kind in POSSIBLE}
    assert all(len(set(ways)) >= 6 for ways in EVENTS.values())
    assert all(len(ways) >= 6 for ways in FEELS.values())
    every = [way for ways in EVENTS.values() for way in ways]
    assert len(set(every)) == len(every)  # so an event can be read from its sentence


def lengths(fill, slot, known):
    """The fewest and the most spaces that a slot's texts can hold."""
    if slot not in known:
        found = []
        for text in fill(slot):
            few = many = 0
            for sort, value, _ in tokens(text):
                low, high = lengths(fill, value, known) if sort == "slot" else (value.count(" "),) * 2
                few, many = (few + low, many + high) if sort in ("slot", "literal") else (few, many)
            found.append((few, many))
        known[slot] = (min(few for few, _ in found), max(many for _, many in found))
    return known[slot]


def test_every_caption_that_can_be_told_has_15_to_45_words():
    for split in ("train", "hard"):
        for index in range(150):
            for scene in tell_facts(split, 3, index).scenes:
                few, many = lengths(Words(scene), "caption", {})
                assert few + 1 >= 15, scene
                assert many + 1 <= 45, scene


@pytest.fixture(scope="module")
def told():
    tales = [tell_facts("test", 0, index) for index in range(60)]
    return [(scene, caption) for tale in tales for scene, caption in zip(tale.scenes, told_captions(tale), strict=True)]


def test_captions_are_plain_sentences(told):
    for _, caption in told:
        assert not re.search(r"[{}<>^\[\]]|\s\s|^\s|\s$|\s[.,]|,,|,\.|\.\.", caption.text), caption.text
        assert re.match(r'^"?[A-Z]', caption.text)
        assert caption.text[-1] in '.!?"'
        assert not re.search(r"\. [a-z]", caption.text), caption.text


def test_a_caption_names_who_acts(told):
    for scene, caption in told:
        assert scene.actor(scene.event.actor).who.name in caption.text


def test_mentions_point_at_what_they_name(told):
    for scene, caption in told:
        assert caption.mentions
        for mention in caption.mentions:
            text = caption.text[mention.start : mention.end]
            assert text == text.strip() != ""
            for id in mention.ids:
                if mention.tag == "gdo" and id.startswith("char"):
                    assert scene.actor(id).who.name in text
                elif mention.tag == "gdo":
                    assert scene.item(id).kind in text


def test_a_told_caption_is_likely_and_another_events_is_not(told):
    for (scene, caption), (other, _) in pairwise(told[:60]):
        assert 0 < likelihood(Words(scene), caption.text) < 1
        if scene.event.kind != other.event.kind:
            assert likelihood(Words(other), caption.text) == 0


def test_a_record_tells_the_same_captions(told):
    scene, caption = told[7]
    assert likelihood(Words(from_record(scene.record())), caption.text) == likelihood(Words(scene), caption.text)


def test_the_vocabulary_is_a_childs():
    words = Counter()
    for index in range(300):
        for caption in told_captions(tell_facts("train", 0, index)):
            words.update(re.findall(r"[a-z'-]+", caption.text.lower()))
    assert 600 <= len(words) <= 1200
