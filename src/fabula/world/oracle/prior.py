"""What may lie behind a first frame: every plot, stage, number of distractions and hidden thing that it fits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import product
from math import prod

from fabula.world.dice import probability
from fabula.world.events import FEELINGS
from fabula.world.law import places_of
from fabula.world.oracle.chain import Visit, key_of, visits
from fabula.world.plots import PLOTS, props_of
from fabula.world.scene import Actor, Scene
from fabula.world.setup import home_odds, kind_odds, plot_odds, prop_odds
from fabula.world.state import State, Thing, changed

Before = tuple[State, State]  # the state before an event and after it


def first_frames(seen: Scene, *, hard: bool) -> dict[Before, float]:
    """All that a story may be in when it shows this; weights are how often stories come there, not normalised."""
    found: dict[Before, float] = defaultdict(float)
    for plot in PLOTS:
        fitting = visits(plot).get(key_of(seen), {})
        for kinds in _kinds(plot, seen) if fitting else ():
            chance = _setup_chance(plot, kinds, seen, hard=hard)
            for visit, often in fitting.items():
                weight = chance * often * _place_chance(visit, seen.place, hard=hard) * _moods(visit, seen)
                if weight:
                    found[_there(visit.before, seen, kinds, hard), _there(visit.after, seen, kinds, hard)] += weight
    return found


def kinds_chance(kinds: list[str], props: list[str], *, hard: bool) -> float:
    """How likely the first characters of a story with these props are of these kinds."""
    odds = [kind_odds(props, kinds[:number], hard=hard) for number in range(len(kinds))]
    return prod(probability(kind, odd) for kind, odd in zip(kinds, odds, strict=True))


@cache
def place_odds(plot: str, goes: int, *, hard: bool) -> dict[str, float]:
    """How likely a story is at each place after so many of the plot's ways."""
    ways = [step.where for step in PLOTS[plot].steps if "go" in step.kinds]
    if goes == 0:
        homes = home_odds(plot, hard=hard)
        return {home: probability(home, homes) for home in homes}
    found: dict[str, float] = defaultdict(float)
    for place, chance in place_odds(plot, goes - 1, hard=hard).items():
        there = places_of(State(plot, place, "", "", (), (), hard), ways[goes - 1])
        for new in there:
            found[new] += chance / len(there)
    return found


def _kinds(plot: str, seen: Scene) -> Iterator[tuple[str, ...]]:
    """What the plot's things may be; those that are seen are what they are."""
    items = [seen.item(f"obj{i + 1}") for i in range(len(PLOTS[plot].uses))]
    return product(*([item.kind] if item else props_of(plot, i) for i, item in enumerate(items)))


def _setup_chance(plot: str, kinds: tuple[str, ...], seen: Scene, *, hard: bool) -> float:
    things = prod(probability(kind, prop_odds(plot, i)) for i, kind in enumerate(kinds))
    company = [actor.who.kind for actor in seen.actors]
    return probability(plot, plot_odds()) * (things and things * kinds_chance(company, list(kinds), hard=hard))


def _place_chance(visit: Visit, place: str, *, hard: bool) -> float:
    plot, stage = visit.after.plot, visit.after.stage
    goes = sum("go" in step.kinds for step in PLOTS[plot].steps[:stage])
    return place_odds(plot, goes, hard=hard).get(place, 0.0)


def _moods(visit: Visit, seen: Scene) -> float:
    """How likely those who take no part feel as they do: as when they last took part, calm if they never did."""
    asks = {visit.after.last.actor, visit.after.last.other} if visit.after.last else set()
    return prod(_mood(visit, actor) for actor in seen.actors if actor.who.id not in asks and not actor.asleep)


def _mood(visit: Visit, actor: Actor) -> float:
    touch = visit.touched[int(actor.who.id[4:]) - 1]
    return probability(actor.feeling, FEELINGS[touch[0]][touch[1]] if touch else {"calm": 1})


def _there(state: State, seen: Scene, kinds: tuple[str, ...], hard: bool) -> State:
    """The chain's state with the place that is seen and these things."""
    things = tuple(_thing(thing, kind, seen.place) for thing, kind in zip(state.things, kinds, strict=True))
    last = changed(state.last, place=seen.place) if state.last and state.last.kind == "go" else state.last
    return changed(state, place=seen.place, things=things, last=last, hard=hard)


def _thing(thing: Thing, kind: str, place: str) -> Thing:
    return changed(thing, kind=kind, place=place if thing.place else "")
