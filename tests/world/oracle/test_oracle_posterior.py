"""What lies behind a context: the oracle's sum is the law's own, and nothing that is not seen enters it."""

from collections import Counter
from dataclasses import replace

import pytest
from oracle_windows import told, windows

from fabula.errors import FabulaError
from fabula.world.camera import shot_odds
from fabula.world.dice import Dice, probability
from fabula.world.law import follow, next_events
from fabula.world.oracle import Oracle, posterior
from fabula.world.oracle.chain import may_stay, remembered, visits
from fabula.world.oracle.prior import place_odds
from fabula.world.plots import PLOTS
from fabula.world.setup import set_up
from fabula.world.state import Event


def event_chance(context, event, *, hard=False):
    return sum(h.probability * probability(event, next_events(h.state)) for h in posterior(context, hard=hard))


@pytest.mark.parametrize("split", ["test", "hard"])
def test_without_captions_the_whole_past_gives_the_odds_of_the_record(split, monkeypatch):
    monkeypatch.setattr("fabula.world.oracle.hypotheses.chance", lambda told, caption: 1.0)
    for frames in (told(split, index) for index in range(3)):
        for at in range(1, len(frames)):
            said = event_chance(frames[:at], Event(**frames[at].scene["event"]), hard=split == "hard")
            assert said == pytest.approx(frames[at].scene["odds"]["event_given_past"], abs=1e-12)


@pytest.mark.parametrize("given", [1, 2, 4])
def test_the_truth_is_among_the_hypotheses_and_they_sum_to_one(given):
    for context, _ in windows("test", range(2), given):
        found = posterior(context)
        assert sum(h.probability for h in found) == pytest.approx(1)
        true = context[-1].scene["hidden"]
        held = ("plot", "stage", "distractions")
        assert any(all(getattr(h.state, name) == true[name] for name in held) for h in found)


def test_what_is_not_seen_changes_nothing():
    blank = {"hidden": {}, "odds": {}, "number": 99, "cut": None, "why": ["nobody knows"]}
    for context, _ in windows("test", range(2), 3):
        unseen = [replace(f, number=0, reason="", scene={**f.scene, **blank, **_unowned(f.scene)}) for f in context]
        assert posterior(unseen) == posterior(context)


def _unowned(scene):
    items = [{**item, "owner": "char3", "new": not item["new"]} for item in scene["items"]]
    return {"items": items, "actors": [{**actor, "new": not actor["new"]} for actor in scene["actors"]]}


def test_the_captions_tell_of_the_plot():
    """A first frame's reason belongs to few plots: on average the caption makes the truth likelier."""
    pairs = [(frames[:1], frames[0].scene["hidden"]["plot"]) for frames in (told("test", index) for index in range(12))]
    read = sum(h.probability for context, plot in pairs for h in posterior(context) if h.state.plot == plot)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fabula.world.oracle.hypotheses.chance", lambda told, caption: 1.0)
        unread = sum(h.probability for context, plot in pairs for h in posterior(context) if h.state.plot == plot)
    assert read > unread + 0.5


def test_the_prior_of_a_later_frame_is_how_often_stories_come_there():
    """Against thrown dice: how often stories of a plot are in each event, stage and shot, and at each place."""
    plot, count = "shared lunch", 600
    come, places = Counter(), Counter()
    for number in range(count):
        for state, shot in _thrown(plot, Dice("prior", number)):
            come[state.last.kind, state.stage, state.distractions, shot[0]] += 1
            places[state.stage, state.place] += state.last.kind == "go"
    said = Counter()
    for after, (shot, _), often in _visits(plot):
        said[after.last.kind, after.stage, after.distractions, shot[0]] += often
    assert set(come) <= set(said)
    assert all(abs(come[key] - count * often) < 5 * (count * often) ** 0.5 + 1 for key, often in said.items())
    went = place_odds(plot, 1, hard=False)
    assert all(abs(places[2, p] - count * often) < 5 * (count * often) ** 0.5 + 1 for p, often in went.items())


def _thrown(plot, dice):
    """States and shots of a story of this plot, but the last."""
    state, shot, number = _beginning(plot, dice), ("", ""), 0
    while odds := next_events(state):
        number += 1
        before, state = state, follow(state, dice.pick(f"event{number}", odds))
        old = shot if may_stay(before, state) else None
        shot = dice.pick(f"shot{number}", shot_odds(state.last, [p.id for p in state.present()], old))
        state = remembered(state)
        if next_events(state):
            yield state, shot


def _beginning(plot, dice):
    class OnePlot(Dice):
        def pick(self, name, odds):
            return plot if name == "plot" else super().pick(name, odds)

    return set_up(OnePlot(dice.key), hard=False).state


def test_a_context_that_cannot_be_is_refused():
    frames = told("test", 0)
    blind = replace(frames[1], scene=None)
    for context, words in (
        ((), "empty"),
        ((frames[0], blind), "frame 2 .*no scene record"),
        ((frames[0], replace(frames[1], scene={"event": {}})), "frame 2 .*broken"),
        ((frames[0], frames[0]), "frame 2 .*cannot come about"),
        ((replace(frames[0], caption="It was noon."),), "frame 1 .*cannot come about"),
        (frames, "at its end"),
    ):
        with pytest.raises(FabulaError, match=words):
            posterior(context)


def test_a_hard_story_needs_its_own_law():
    frames = told("hard", 1)
    assert posterior(frames[:1], hard=True)
    with pytest.raises(FabulaError, match="hard"):
        Oracle(renders=0).predict(frames[:1])


def test_every_plot_goes_on_or_ends():
    """Every story comes to each of its plot's steps once."""
    for plot, law in PLOTS.items():
        steps = Counter()
        for fitting in visits(plot).values():
            for (before, after), ways in fitting.items():
                steps[after.stage] += sum(ways.values()) * (after.stage > before.stage)
        assert steps == pytest.approx(dict.fromkeys(range(1, len(law.steps)), 1.0))


def _visits(plot):
    pairs = [pair for fitting in visits(plot).values() for pair in fitting.items()]
    return [(after, way, often) for (_, after), ways in pairs for way, often in ways.items()]
