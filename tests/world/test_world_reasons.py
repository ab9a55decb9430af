"""Why each frame's event happened: one sentence, of that frame and its past alone."""

import re
from dataclasses import replace

import pytest

from fabula.world import SPLITS
from fabula.world.cast import HE, SHE
from fabula.world.language.aims import AIMS, SAID, SPEAKS
from fabula.world.language.grammar import likelihood
from fabula.world.language.phrases import EVENTS
from fabula.world.language.reasons import Reasons
from fabula.world.plots import PLOTS
from fabula.world.scene import from_record
from fabula.world.story import told_captions, told_reasons
from fabula.world.tale import tell_facts

NAME = re.compile(rf"\b({'|'.join(SHE + HE)})\b")


@pytest.fixture(scope="module")
def told():
    """(tale, frames) of many stories; a frame is scene, caption, reason."""
    tales = [tell_facts(split, 6, index) for split in SPLITS for index in range(90)]
    return [
        (tale, list(zip(tale.scenes, [c.text for c in told_captions(tale)], told_reasons(tale), strict=True)))
        for tale in tales
    ]


def test_every_frame_has_one_short_sentence(told):
    for _, frames in told:
        for _, _, reason in frames:
            assert re.fullmatch(r"[A-Z][^{}<>^\[\].]*\.", reason), reason
            assert not re.search(r"\s\s|\s[.,]|,,", reason), reason
            assert 5 <= len(reason.split()) <= 20, reason
            assert ("because" in reason) != ("still wanted to" in reason)


def test_a_reason_names_only_who_and_what_has_been_seen(told):
    for _, frames in told:
        people, things = set(), set()
        for scene, _, reason in frames:
            people |= {actor.who.name for actor in scene.actors}
            things |= {item.kind for item in scene.items}
            assert set(NAME.findall(reason)) <= people, reason
            named = {kind for kind in ("kite", "ball", "key", "cake", "apple", "lantern") if f"the {kind}" in reason}
            assert named <= things, reason


def test_what_comes_later_changes_no_reason(told):
    for tale, frames in told[:60]:
        for count in (1, 4, len(frames) - 1):
            shorter = replace(tale, scenes=tale.scenes[:count])
            assert told_reasons(shorter) == [reason for _, _, reason in frames[:count]]


def test_a_reason_follows_from_its_scene(told):
    for _, frames in told[:40]:
        for scene, _, reason in frames:
            again = from_record(scene.record())
            assert likelihood(Reasons(again), reason, "sentence") > 0
            without = {name: value for name, value in scene.hidden.items() if name in ("plot", "stage")}
            assert likelihood(Reasons(replace(scene, hidden=without, odds={})), reason, "sentence") > 0


def test_a_reason_often_says_what_its_caption_does_not(told):
    causes = [
        (caption, reason.split(" because ")[1][:-1])
        for _, frames in told
        for scene, caption, reason in frames
        if scene.why and scene.event.kind != "talk"
    ]
    new = sum(cause.lower() not in caption.lower() for caption, cause in causes) / len(causes)
    assert 0.4 < new < 0.9, new


def test_aims_and_words_stand_for_every_step():
    assert set(SAID) == set(EVENTS)
    assert set(AIMS) == set(PLOTS)
    for name, plot in PLOTS.items():
        assert len(AIMS[name]) == len(plot.steps) - 1
        talks = {(name, number) for number, step in enumerate(plot.steps, start=1) if "talk" in step.kinds}
        assert talks == {key for key in SPEAKS if key[0] == name}
