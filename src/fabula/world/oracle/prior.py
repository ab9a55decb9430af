"""What may lie behind a first frame: every plot, stage, number of distractions and hidden thing that it fits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import product
from math import prod

from fabula.world.dice import probability
from fabula.world.events import FEELINGS
from fabula.world.law import places_of
from fabula.world.oracle.chain import Touch, Turned, Ways, key_of, visits
from fabula.world.plots import PLOTS, props_of
from fabula.world.scene import Actor, Scene
from fabula.world.setup import home_odds, kind_odds, plot_odds, prop_odds
from fabula.world.state import State, Thing, changed


def first_frames(seen: Scene, *, hard: bool) -> dict[Turned, float]:
    """All that a story may be in when it shows this; weights are how often stories come there, not normalised."""
    found: dict[Turned, float] = defaultdict(float)
    for plot in PLOTS:
        fitting = visits(plot).get(key_of(seen), {})
        for kinds in _kinds(plot, seen) if fitting else ():
            chance = _setup_chance(plot, kinds, seen, hard=hard)
            for (before, after), ways in fitting.items() if chance else ():
                weight = chance * _place_chance(after, seen.place, hard=hard) * _often(ways, after, seen)
                if weight:
                    found[_there(before, seen, kinds, hard), _there(after, seen, kinds, hard)] += weight
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


def _place_chance(after: State, place: str, *, hard: bool) -> float:
    goes = sum("go" in step.kinds for step in PLOTS[after.plot].steps[: after.stage])
    return place_odds(after.plot, goes, hard=hard).get(place, 0.0)


def _often(ways: Ways, after: State, seen: Scene) -> float:
    """How often stories come here in this shot, with those who take no part feeling as they do.

    They feel as when they last took part, calm if they never did.
    """
    assert after.last
    apart = [actor for actor in seen.actors if actor.who.id not in (after.last.actor, after.last.other)]
    apart = [actor for actor in apart if not actor.asleep]
    shot = (seen.camera.shot, seen.camera.focus)
    return sum(
        often * prod(_mood(touched, actor) for actor in apart)
        for (view, touched), often in ways.items()
        if view == shot
    )


def _mood(touched: Sequence[Touch | None], actor: Actor) -> float:
    touch = touched[int(actor.who.id[4:]) - 1]
    return probability(actor.feeling, FEELINGS[touch[0]][touch[1]] if touch else {"calm": 1})


def _there(state: State, seen: Scene, kinds: tuple[str, ...], hard: bool) -> State:
    """The chain's state with the place that is seen and these things."""
    things = tuple(_thing(thing, kind, seen.place) for thing, kind in zip(state.things, kinds, strict=True))
    last = changed(state.last, place=seen.place) if state.last and state.last.kind == "go" else state.last
    return changed(state, place=seen.place, things=things, last=last, hard=hard)


def _thing(thing: Thing, kind: str, place: str) -> Thing:
    return changed(thing, kind=kind, place=place if thing.place else "")
