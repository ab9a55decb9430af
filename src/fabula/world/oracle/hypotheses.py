"""What lies behind a context: plots, stages, distractions and hidden things, each as likely as the context makes it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fabula.errors import FabulaError
from fabula.story import Frame
from fabula.world.dice import probability
from fabula.world.law import follow, next_events
from fabula.world.oracle.chain import Turned, remembered, shown
from fabula.world.oracle.prior import first_frames
from fabula.world.oracle.seen import look
from fabula.world.oracle.telling import account, chance
from fabula.world.scene import Item, Scene
from fabula.world.setup import kind_odds
from fabula.world.state import State, changed


@dataclass(frozen=True)
class Hypothesis:
    """One way the world may stand after the context: plot, stage, distractions and hidden things are the state's.

    Colours and feelings are not kept: they are seen, and the law does not ask for them.
    """

    state: State
    probability: float


def posterior(context: Sequence[Frame], *, hard: bool = False) -> list[Hypothesis]:
    """All hypotheses that the context leaves, likeliest first; they sum to 1, given that the story goes on.

    The context may begin anywhere: every frame of every story that has a frame to follow is as likely to be the first.
    `hard` tells by which law: of the hard split, or of the others. FabulaError where a frame has no scene record, or
    where no story can look and read like this. Cost: one sum over some dozen hypotheses a frame.
    """
    seen = look(context)
    weights: dict[State, float] = {}
    for place, (scene, frame) in enumerate(zip(seen, context, strict=True), 1):
        pairs = first_frames(scene, hard=hard) if place == 1 else _turns(weights, scene)
        weights = _heard(pairs, scene, frame.caption)
        if not weights:
            raise FabulaError(_impossible(place, frame, hard=hard))
    going_on = {state: weight for state, weight in weights.items() if next_events(state)}
    if not going_on:
        raise FabulaError("the oracle: the story of this context is at its end; give one that has a frame to follow")
    whole = sum(going_on.values())
    found = [Hypothesis(state, weight / whole) for state, weight in going_on.items()]
    return sorted(found, key=lambda hypothesis: -hypothesis.probability)


def _turns(weights: Mapping[State, float], seen: Scene) -> dict[Turned, float]:
    """The states before and after the event that is seen, wherever it can happen."""
    pairs: dict[Turned, float] = {}
    for state, weight in weights.items():
        odds = next_events(state)
        if seen.event in odds:
            after = follow(state, seen.event)
            pairs[state, after] = weight * probability(seen.event, odds) * _newcomer(state, after, seen)
    return pairs


def _newcomer(before: State, after: State, seen: Scene) -> float:
    """How likely whoever comes is of the kind that is seen: what the hidden things are decides it too."""
    new = [p.id for p, old in zip(after.people, before.people, strict=True) if p.present and not old.present]
    if not new:
        return 1.0
    others = [actor.who.kind for actor in seen.actors if actor.who.id != new[0]]
    actor = seen.actor(new[0])
    odds = kind_odds([thing.kind for thing in after.things], others, hard=after.hard)
    return probability(actor.who.kind, odds) if actor else 0.0


def _heard(pairs: Mapping[Turned, float], seen: Scene, caption: str) -> dict[State, float]:
    """The states after the event, weighed by how likely each would have told this caption."""
    weights: dict[State, float] = defaultdict(float)
    colours = {item.id: item.colour for item in seen.items}
    lying = [_bare(item) for item in seen.items]
    for (before, after), weight in pairs.items():
        if not _same_company(after, seen):
            continue
        told = account(before, after, seen.actors, colours)
        if [_bare(item) for item in told.items] == lying:
            weights[remembered(after)] += weight * chance(told, caption)
    return {state: weight for state, weight in weights.items() if weight}


def _same_company(after: State, seen: Scene) -> bool:
    """Whether state and frame have the same people at the same place under the same sky."""
    people = [(id, after.person(id).asleep) for id in shown(after)]
    there = (after.place, after.light, after.weather) == (seen.place, seen.light, seen.weather)
    return there and people == [(actor.who.id, actor.asleep) for actor in seen.actors]


def _bare(item: Item) -> Item:
    """A thing as one sees it, wherever exactly it lies."""
    return changed(item, owner="", x=0, new=False)


def _impossible(place: int, frame: Frame, *, hard: bool) -> str:
    law = "the hard split's law" if hard else "the law of train, validation and test"
    return (
        f"the oracle: frame {place} of the context ({frame.caption[:40]!r}) cannot come about by {law} after the "
        "frames before it; give frames as the world made them, and `hard` for the hard split"
    )
