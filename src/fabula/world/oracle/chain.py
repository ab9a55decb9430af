"""How likely a plot is to come to a state, summed over all stories: the prior of a first frame that is not the first.

No event but `go` depends on the place and none on which thing it is, so one chain a plot, told in one place with
one thing, stands for all: `law.next_events` moves it on, and ways to the same place of the plot are added up.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Visit:
    """A state before and after an event, how it was shot, and what last touched everybody."""

    before: State
    after: State
    shot: Shot
    touched: tuple[Touch | None, ...]


Key = tuple[object, ...]
Way = tuple[Shot, tuple[Touch | None, ...]]
Layer = dict[State, dict[Way, float]]


def key_of(scene: Scene) -> Key:
    """What visits are found by: event, light, weather, who is there, and the shot."""
    people = tuple((actor.who.id, actor.asleep) for actor in scene.actors)
    return (changed(scene.event, place=""), scene.light, scene.weather, people, (scene.camera.shot, scene.camera.focus))


@cache
def visits(plot: str) -> dict[Key, dict[Visit, float]]:
    """All that a frame of the plot may be but its last, and how often a story comes there; once a process."""
    found: dict[Key, dict[Visit, float]] = defaultdict(dict)
    layer: Layer = {state: {(("", ""), (None,) * len(state.people)): chance} for state, chance in _beginnings(plot)}
    while layer:
        following: Layer = defaultdict(lambda: defaultdict(float))
        for state, ways in layer.items():
            for visit, weight in _moves(state, ways):
                after = remembered(visit.after)
                if next_events(after):
                    alike = found[_key(visit)]
                    alike[visit] = alike.get(visit, 0.0) + weight
                    following[after][visit.shot, visit.touched] += weight
        layer = following
    return dict(found)


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
    things = tuple(first_thing(plot, i, props_of(plot, i)[0], home) for i in range(len(law.uses)))
    for light, much in Counter(law.lights).items():
        for weather, often in Counter(law.weathers).items():
            chance = much / len(law.lights) * often / len(law.weathers)
            yield State(plot, home, light, weather, people, things), chance


def first_thing(plot: str, number: int, kind: str, home: str) -> Thing:
    """A plot's thing before the first frame, whatever its colour."""
    if number > 0:
        return Thing(f"obj{number + 1}", kind, "", where="away")
    if PLOTS[plot].start == "ground":
        return Thing("obj1", kind, "", place=home)
    return Thing("obj1", kind, "", where="hand", holder="char1", owner="char1")


def _moves(state: State, ways: dict[Way, float]) -> Iterator[tuple[Visit, float]]:
    """All that may happen next, with the weights of all ways here that are seen alike afterwards added up."""
    odds, before = _one_way(next_events(state)), changed(state, last=None)
    for event in odds:
        after, share = follow(state, event), probability(event, odds)
        moved: dict[Way, float] = defaultdict(float)
        for (shot, touched), weight in ways.items():
            for new, chance in shots(state, after, shot).items():
                moved[new, _touch(touched, event)] += weight * share * chance
        yield from ((Visit(before, after, *way), weight) for way, weight in moved.items())


def _one_way(odds: dict[Event, int]) -> dict[Event, int]:
    """The odds with all ways to go made one."""
    ways = [event for event in odds if event.kind == "go"]
    rest = {event: weight for event, weight in odds.items() if event.kind != "go"}
    return rest | ({ways[0]: sum(odds[event] for event in ways)} if ways else {})


def _touch(touched: tuple[Touch | None, ...], event: Event) -> tuple[Touch | None, ...]:
    part = {event.other: (event.kind, 1)} | {event.actor: (event.kind, 0)}
    return tuple(part.get(f"char{i + 1}", before) for i, before in enumerate(touched))


def _key(visit: Visit) -> Key:
    assert visit.after.last
    people = tuple((id, visit.after.person(id).asleep) for id in shown(visit.after))
    event = changed(visit.after.last, place="")
    return (event, visit.after.light, visit.after.weather, people, visit.shot)
