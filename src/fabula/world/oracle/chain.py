"""How likely a plot is to come to a state, summed over all stories: the prior of a first frame that is not the first.

No event but `go` depends on the place and none on which thing it is, so one chain a plot, told in one place with
one thing, stands for all: `law.next_events` moves it on, and ways to the same place of the plot are added up.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache

from fabula.world.camera import Shot, shot_odds
from fabula.world.dice import probability
from fabula.world.law import follow, next_events
from fabula.world.plots import PLOTS, props_of
from fabula.world.scene import Scene
from fabula.world.setup import home_odds
from fabula.world.state import Event, Person, State, Thing, changed
from fabula.world.tale import AT_MARK

Touch = tuple[str, int]  # the last event that somebody took part in, as actor (0) or as other (1)
Way = tuple[Shot, tuple[Touch | None, ...]]  # how the frame is shot, and what last touched everybody
Ways = dict[Way, float]  # how often stories come there by each
Turned = tuple[State, State]  # before the frame's event and after it
Key = tuple[object, ...]
UNSEEN: Shot = ("", "")  # before the first frame


def key_of(scene: Scene) -> Key:
    """What visits are found by: event, light, weather and who is there."""
    people = tuple((actor.who.id, actor.asleep) for actor in scene.actors)
    return (changed(scene.event, place=""), scene.light, scene.weather, people)


@cache
def visits(plot: str) -> dict[Key, dict[Turned, Ways]]:
    """All that a frame of the plot may be but its last, and how often a story comes there; once a process."""
    found: dict[Key, dict[Turned, Ways]] = defaultdict(lambda: defaultdict(lambda: defaultdict(float)))
    layer = {state: {(UNSEEN, (None,) * len(state.people)): chance} for state, chance in _beginnings(plot)}
    while layer:
        following: dict[State, Ways] = defaultdict(lambda: defaultdict(float))
        for state, ways in layer.items():
            for before, after, moved in _moves(state, ways):
                told = remembered(after)
                if next_events(told):
                    _add(found[_key(after)][before, after], moved)
                    _add(following[told], moved)
        layer = following
    return found


def _add(ways: Ways, more: Ways) -> None:
    for way, often in more.items():
        ways[way] += often


def remembered(state: State) -> State:
    """The state once its frame is told: who and what was in it is known from now on."""
    people = tuple(changed(p, met=True) if p.present else p for p in state.people)
    things = tuple(changed(t, known=True) if t.where != "away" else t for t in state.things)
    return changed(state, people=people, things=things)


def shown(state: State) -> list[str]:
    """The ids of all that a frame shows: who is there, and who leaves."""
    leaves = state.last.actor if state.last and state.last.kind == "leave" else ""
    return [p.id for p in state.people if p.present or p.id == leaves]


def may_stay(before: State, after: State) -> bool:
    """Whether the camera may stay where it was: same people, same place, and nobody was at the landmark."""
    last = before.last
    still = last is not None and last.kind not in AT_MARK and before.place == after.place
    return still and shown(before) == shown(after)


def shots(before: State, after: State, shot: Shot) -> dict[Shot, float]:
    """How likely each shot of the frame is, after the last one."""
    assert after.last
    odds = shot_odds(after.last, [p.id for p in after.present()], shot if may_stay(before, after) else None)
    whole = sum(odds.values())
    return {shot: weight / whole for shot, weight in odds.items()}


def _beginnings(plot: str) -> Iterator[tuple[State, float]]:
    law = PLOTS[plot]
    home = next(iter(home_odds(plot, hard=False)))
    people = tuple(Person(f"char{i + 1}", present=i == 0 or (law.company and i == 1)) for i in range(law.people))
    things = tuple(_first_thing(plot, i, props_of(plot, i)[0], home) for i in range(len(law.uses)))
    for light, much in Counter(law.lights).items():
        for weather, often in Counter(law.weathers).items():
            chance = much / len(law.lights) * often / len(law.weathers)
            yield State(plot, home, light, weather, people, things), chance


def _first_thing(plot: str, number: int, kind: str, home: str) -> Thing:
    """A plot's thing before the first frame, whatever its colour."""
    if number > 0:
        return Thing(f"obj{number + 1}", kind, "", where="away")
    if PLOTS[plot].start == "ground":
        return Thing("obj1", kind, "", place=home)
    return Thing("obj1", kind, "", where="hand", holder="char1", owner="char1")


def _moves(state: State, ways: Ways) -> Iterator[tuple[State, State, Ways]]:
    """All that may happen next; the state before it without its own event, which no caption asks for."""
    odds, before = _one_way(next_events(state)), changed(state, last=None)
    for event in odds:
        after, share = follow(state, event), probability(event, odds)
        views = {shot: shots(state, after, shot) for shot, _ in ways}
        moved: Ways = defaultdict(float)
        for (shot, touched), often in ways.items():
            for new, chance in views[shot].items():
                moved[new, _touch(touched, event)] += often * share * chance
        yield before, after, moved


def _one_way(odds: dict[Event, int]) -> dict[Event, int]:
    """The odds with all ways to go made one."""
    ways = [event for event in odds if event.kind == "go"]
    rest = {event: weight for event, weight in odds.items() if event.kind != "go"}
    return rest | ({ways[0]: sum(odds[event] for event in ways)} if ways else {})


def _touch(touched: tuple[Touch | None, ...], event: Event) -> tuple[Touch | None, ...]:
    part = {event.other: (event.kind, 1)} | {event.actor: (event.kind, 0)}
    return tuple(part.get(f"char{i + 1}", before) for i, before in enumerate(touched))


def _key(after: State) -> Key:
    assert after.last
    people = tuple((id, after.person(id).asleep) for id in shown(after))
    return (changed(after.last, place=""), after.light, after.weather, people)
