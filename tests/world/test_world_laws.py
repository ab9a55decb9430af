"""The laws of the world: odds are exact, events are possible, what can be foreseen is known."""

import math
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabula.world.belief import first_guesses, meet_somebody, observe, predict
from fabula.world.dice import Dice, even, probability
from fabula.world.events import EFFECTS, FEELINGS, POSSIBLE, happen, possible
from fabula.world.law import MOST_DISTRACTIONS, distractions, follow, foreseen, next_events
from fabula.world.plots import PLOTS
from fabula.world.setup import set_up
from fabula.world.tale import tell_facts


@given(st.dictionaries(st.text(max_size=3), st.integers(1, 9), min_size=1, max_size=5), st.integers(0, 99))
def test_a_draw_is_one_of_its_outcomes_and_always_the_same(odds, key):
    drawn = Dice(key).pick("x", odds)
    assert drawn in odds
    assert drawn == Dice(key).pick("x", odds)
    assert math.isclose(sum(probability(outcome, odds) for outcome in odds), 1)


def test_draws_follow_their_weights():
    drawn = Counter(Dice(i).pick("x", {"a": 1, "b": 0, "c": 3}) for i in range(4000))
    assert set(drawn) == {"a", "c"}
    assert abs(drawn["c"] / 4000 - 0.75) < 0.03


def test_there_are_enough_plots_and_events_and_each_event_has_its_tables():
    assert len(PLOTS) >= 12
    assert len(POSSIBLE) >= 20
    assert set(EFFECTS) < set(POSSIBLE) == set(FEELINGS)
    assert {kind for plot in PLOTS.values() for step in plot.steps for kind in step.kinds} < set(POSSIBLE)


def walk(split, index):
    """Every state of a story with the odds of its next event and what was drawn."""
    dice = Dice("laws", split, index)
    state = set_up(dice, hard=split == "hard").state
    while odds := next_events(state):
        event = dice.pick(f"event{state.stage}.{state.distractions}", odds)
        yield state, odds, event
        state = follow(state, event)


@pytest.mark.parametrize("split", ["train", "hard"])
def test_everything_that_may_come_next_is_possible(split):
    for index in range(150):
        for state, odds, _ in walk(split, index):
            assert all(possible(state, event) for event in odds)


def test_the_plot_goes_on_with_odds_of_17_to_3():
    seen = 0
    for index in range(150):
        for state, odds, _ in walk("train", index):
            ahead = sum(probability(event, odds) for event in foreseen(state))
            seen += bool(distractions(state))
            assert math.isclose(ahead, 0.85 if distractions(state) else 1)
    assert seen > 500


def test_a_story_follows_its_plot_to_the_end():
    for index in range(100):
        steps = list(walk("train", index))
        assert 7 <= len(steps) <= 10
        told = [event.kind for state, _, event in steps if event in foreseen(state)]
        plan = PLOTS[steps[0][0].plot].steps
        assert len(told) == len(plan)
        assert all(kind in step.kinds for kind, step in zip(told, plan, strict=True))
        assert len(steps) - len(plan) <= MOST_DISTRACTIONS


def test_an_impossible_event_does_not_happen():
    state, _, _ = next(iter(walk("train", 0)))
    event = next(iter(foreseen(state)))
    with pytest.raises(AssertionError):
        happen(follow(state, event), event)


def predictions(split, index):
    """What can be foreseen at every frame of a story, and what came."""
    tale = tell_facts(split, 5, index)
    state, cast = tale.setup.state, tale.setup.cast
    guesses = first_guesses(state, cast[0])
    for scene in tale.scenes:
        foreseen_now = predict(guesses)
        yield foreseen_now, scene
        state = follow(state, scene.event)
        guesses = observe(guesses, scene.event, state)
        for actor in scene.actors:
            if actor.new and actor.who.id != "char1":
                number = int(actor.who.id[4:]) - 1
                guesses = meet_somebody(guesses, actor.who.kind, [c.kind for c in cast[:number]])


@pytest.mark.parametrize("split", ["train", "hard"])
def test_what_is_foreseen_from_the_past_comes_as_often_as_foreseen(split):
    expected, came, variance = Counter(), Counter(), Counter()
    for index in range(160):
        for odds, scene in predictions(split, index):
            assert math.isclose(sum(odds.values()), 1)
            assert math.isclose(odds[scene.event], scene.odds["event_given_past"])
            by_kind = Counter()
            for event, chance in odds.items():
                by_kind[event.kind] += chance
            for kind, chance in by_kind.items():
                expected[kind] += chance
                variance[kind] += chance * (1 - chance)
            came[scene.event.kind] += 1
    for kind in expected:
        assert abs(expected[kind] - came[kind]) <= 4 * math.sqrt(variance[kind]) + 1e-6, kind


def test_the_plot_is_not_always_plain_from_the_past():
    gaps = [
        scene.odds["event"] - scene.odds["event_given_past"]
        for index in range(60)
        for scene in tell_facts("train", 0, index).scenes
    ]
    assert max(gaps) > 0.3
    assert sum(gap > 1e-9 for gap in gaps) > 30


def test_the_camera_cuts_in_about_sixty_percent_of_frames():
    cuts = [scene.cut for i in range(200) for scene in tell_facts("train", 1, i).scenes[4:]]
    assert 0.5 < sum(cuts) / len(cuts) < 0.7


def test_speakers_who_answer_each_other_are_seen_in_turn():
    turns = [
        (first.camera.focus, second.camera.focus)
        for i in range(150)
        for first, second in pairwise(tell_facts("train", 2, i).scenes)
        if first.event.kind == second.event.kind == "talk" and first.camera.shot == second.camera.shot == "close"
    ]
    assert len(turns) > 10
    assert all(first != second for first, second in turns)


def test_even_keeps_the_order_of_its_outcomes():
    assert list(even("cab")) == ["c", "a", "b"]
