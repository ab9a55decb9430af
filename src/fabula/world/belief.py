"""What can be known of the next event: a sum over every plot and hidden thing that fits the frames so far."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from fabula.world.cast import Character
from fabula.world.dice import probability
from fabula.world.law import follow, next_events
from fabula.world.plots import PLOTS, props_of
from fabula.world.setup import home_odds, kind_odds, plot_odds, prop_odds
from fabula.world.state import Event, Person, State, Thing


@dataclass(frozen=True)
class Guess:
    """One way the hidden things may stand, and how likely it is (not normalised)."""

    state: State
    weight: float


def first_guesses(seen: State, hero: Character) -> list[Guess]:
    """All plots that fit a first frame."""
    guesses = [_guess(seen, hero, plot, hidden) for plot in PLOTS for hidden in _hidden_things(plot)]
    return [guess for guess in guesses if guess.weight > 0]


def _hidden_things(plot: str) -> list[str]:
    return props_of(plot, 1) if len(PLOTS[plot].uses) > 1 else [""]


def _guess(seen: State, hero: Character, name: str, hidden: str) -> Guess:
    plot, first = PLOTS[name], seen.things[0]
    props = [first.kind, *filter(None, [hidden])]
    company = any(person.id == "char2" and person.present for person in seen.people)
    fits = (first.where == plot.start.replace("held", "hand")) and company == plot.company
    weight = fits * probability(name, plot_odds()) * probability(first.kind, prop_odds(name, 0))
    weight *= probability(hidden, prop_odds(name, 1)) if hidden else 1.0
    weight *= probability(seen.place, home_odds(name, hard=seen.hard))
    weight *= probability(seen.light, Counter(plot.lights)) * probability(seen.weather, Counter(plot.weathers))
    weight *= probability(hero.kind, kind_odds(props, [], hard=seen.hard)) if weight else 0
    people = tuple(Person(f"char{i + 1}", present=i == 0 or (company and i == 1)) for i in range(plot.people))
    things = (first, Thing("obj2", hidden, "", where="away")) if hidden else (first,)
    state = State(name, seen.place, seen.light, seen.weather, people, things, seen.hard)
    return Guess(state, weight)


def meet_somebody(guesses: list[Guess], kind: str, taken: list[str]) -> list[Guess]:
    """The guesses once it is seen of what kind a new character is."""
    odds = [kind_odds([t.kind for t in g.state.things], taken, hard=g.state.hard) for g in guesses]
    return [Guess(g.state, g.weight * probability(kind, o)) for g, o in zip(guesses, odds, strict=True)]


def predict(guesses: list[Guess]) -> dict[Event, float]:
    """How likely each next event is, given that the story goes on."""
    totals: dict[Event, float] = {}
    for guess in guesses:
        odds = next_events(guess.state)
        total = sum(odds.values())
        for event, weight in odds.items():
            totals[event] = totals.get(event, 0.0) + guess.weight * weight / total
    whole = sum(totals.values())
    return {event: weight / whole for event, weight in totals.items()}


def observe(guesses: list[Guess], event: Event, seen: State) -> list[Guess]:
    """The guesses that fit the event, moved on; things that have come to light must be the ones seen."""
    moved = []
    for guess in guesses:
        odds = next_events(guess.state)
        if event in odds:
            weight = guess.weight * odds[event] / sum(odds.values())
            moved.append(Guess(follow(guess.state, event), weight))
    return [guess for guess in moved if _fits(guess.state, seen)]


def _fits(guess: State, seen: State) -> bool:
    return all(t.where == "away" or t.kind == s.kind for t, s in zip(guess.things, seen.things, strict=False))
