"""The oracle at the storytellers' door: answers that keep what they promise, pictures that err least."""

from dataclasses import replace
from math import log, sqrt

import numpy as np
import pytest
from oracle_windows import told, windows

from fabula.errors import FabulaError
from fabula.story import Size
from fabula.world.oracle import Oracle
from fabula.world.oracle.blend import blend
from fabula.world.oracle.draws import context_dice, drawn_scenes
from fabula.world.oracle.facts import next_scenes
from fabula.world.oracle.imagine import Choice, imagine
from fabula.world.oracle.outlook import outlook
from fabula.world.paint.picture import paint
from fabula.world.questions.asking import answers
from fabula.world.scene import from_record
from fabula.world.state import Event, changed

SMALL = Size(16, 32)


@pytest.fixture(scope="module")
def some():
    """Windows of two frames that begin anywhere."""
    return windows("test", range(10), 2)


def test_events_come_true_as_often_as_said(some):
    """The mean log-loss of what happens is the mean entropy of what was said, within what chance allows."""
    odds = [Oracle(renders=0).predict(context) for context, _ in some]
    entropy = np.array([-sum(p * log(p) for p in each.values()) for each in odds])
    nats = np.array([-log(each[Event(**true.scene["event"])]) for each, (_, true) in zip(odds, some, strict=True)])
    spread = np.array([sum(p * log(p) ** 2 for p in each.values()) for each in odds]) - entropy**2
    assert abs((nats - entropy).mean()) < 4 * sqrt(spread.sum()) / len(some)
    assert all(sum(each.values()) == pytest.approx(1) for each in odds)


def test_every_band_of_certainty_comes_true_as_often_as_said(some):
    pairs = [
        (p, event == Event(**true.scene["event"]))
        for c, true in some
        for event, p in Oracle(renders=0).predict(c).items()
    ]
    said, came = np.array(pairs, float).T
    for low, high in ((0, 0.05), (0.05, 0.5), (0.5, 1.01)):
        band = (said >= low) & (said < high)
        error = sqrt((said * (1 - said))[band].sum()) + 1e-9
        assert abs((came - said)[band].sum()) < 4 * error


@pytest.mark.parametrize("of", ["caption", "picture"])
def test_the_true_answer_always_has_a_chance(some, of):
    for context, true in some[::6]:
        found = Oracle(renders=0).answers(context, of)
        for question, answer in answers(from_record(true.scene), of).items():
            assert found[question][answer] > 0
            assert sum(found[question].values()) == pytest.approx(1)


def test_a_question_of_ones_own(some):
    found = Oracle(renders=0).marginal(some[0][0], lambda scene: str(len(scene.actors)))
    assert sum(found.values()) == pytest.approx(1)


def test_a_held_shot_is_foreseen_to_the_pixel_once_event_and_feelings_are_known(some):
    checked = 0
    for context, true in some:
        scene = from_record(true.scene)
        if scene.cut or checked == 3:
            continue
        ways = outlook(context)
        turn = next(turn for turn in ways.ways if turn.event == scene.event)
        felt = {actor.who.id: actor.feeling for actor in scene.actors}
        shot = (scene.camera.shot, scene.camera.focus)
        found = imagine(ways, Choice(turn, shot, felt), context_dice(context, 0))
        found = changed(found, number=scene.number)
        assert paint(found, SMALL).picture.tobytes() == paint(scene, SMALL).picture.tobytes()
        assert (found.actors, found.camera, found.grain) == (scene.actors, scene.camera, scene.grain)
        checked += 1
    assert checked == 3


def test_scenes_stand_for_as_much_as_is_asked(some):
    for context, _ in some[:3]:
        ways = outlook(context)
        for mass in (0.5, 1.0):
            scenes = drawn_scenes(ways, context_dice(context, 0), renders=8, mass=mass)
            assert mass - 1e-9 <= sum(weight for _, weight in scenes) <= 1 + 1e-9
        assert sum(chance for _, chance in next_scenes(ways)) == pytest.approx(1)


def test_no_other_picture_errs_less_on_average():
    random = np.random.default_rng(0)
    pictures = random.integers(0, 256, (9, 20, 3, 3), np.uint8)
    weights = random.random(9)
    tried = [*pictures, *random.integers(0, 256, (9, 20, 3, 3), np.uint8)]
    for aim, power in (("mae", 1), ("mse", 2)):

        def error(picture, power=power):
            apart = np.abs(pictures.astype(float) - np.asarray(picture, float)) ** power
            return weights @ apart.reshape(9, -1).mean(1)

        best = np.asarray(blend(pictures, weights, aim)).astype(int)
        around = [np.clip(best + step, 0, 255) for step in (-1, 1)]
        assert all(error(best) <= error(other) + 1e-9 for other in (*tried, *around))


def test_what_is_told_follows_from_context_and_seed_alone(some):
    (first, _), (second, _) = some[0], some[9]
    oracle = Oracle(renders=4, mass=0.5, size=SMALL)
    alone, beside = oracle.tell([first])[0], oracle.tell([second, first])[1]
    assert alone.caption == beside.caption
    assert alone.picture.tobytes() == beside.picture.tobytes()
    assert alone.picture.size == (SMALL.width, SMALL.height)


def test_one_frame_and_all_frames_will_do():
    frames = told("test", 3)
    for given in (frames[:1], frames[:-1]):
        assert Oracle(renders=0).tell([given])[0].caption


def test_what_a_person_may_get_wrong():
    with pytest.raises(FabulaError, match="aim"):
        Oracle(aim="mean")
    with pytest.raises(FabulaError, match="mass"):
        Oracle(mass=0)
    with pytest.raises(FabulaError, match="no picture"):
        Oracle().tell([told("test", 0)[:2]])
    with pytest.raises(FabulaError, match="record"):
        Oracle().log_loss([[replace(told("test", 0)[0], scene=None)]], ["x"])
