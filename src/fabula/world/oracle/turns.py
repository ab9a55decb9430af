"""How the story may go on: each next event with its exact probability, told apart where a caption could tell them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fabula.world.dice import probability
from fabula.world.law import follow, next_events
from fabula.world.oracle.hypotheses import Hypothesis
from fabula.world.oracle.telling import why
from fabula.world.state import Event, State


@dataclass(frozen=True)
class Turn:
    """One way on. Hypotheses that differ in nothing a frame could show or tell are one turn."""

    before: State
    after: State
    probability: float

    @property
    def event(self) -> Event:
        assert self.after.last
        return self.after.last

    @property
    def newcomer(self) -> str:
        """The id of who comes into the story; nothing where nobody does."""
        pairs = zip(self.before.people, self.after.people, strict=True)
        return next((new.id for old, new in pairs if new.present and not old.present), "")


def turns(hypotheses: Sequence[Hypothesis]) -> list[Turn]:
    """All ways on, likeliest first; they sum to 1. Each keeps the states of its likeliest hypothesis."""
    found: dict[tuple[object, ...], Turn] = {}
    for hypothesis in hypotheses:
        before, odds = hypothesis.state, next_events(hypothesis.state)
        for event in odds:
            after = follow(before, event)
            chance = hypothesis.probability * probability(event, odds)
            key = (event, why(before, after), after.things)
            first = found.get(key)
            found[key] = (
                Turn(first.before, first.after, first.probability + chance) if first else Turn(before, after, chance)
            )
    return sorted(found.values(), key=lambda turn: -turn.probability)


def events(ways: Sequence[Turn]) -> dict[Event, float]:
    """How likely each next event is, likeliest first; they sum to 1."""
    found: dict[Event, float] = {}
    for turn in ways:
        found[turn.event] = found.get(turn.event, 0.0) + turn.probability
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))
