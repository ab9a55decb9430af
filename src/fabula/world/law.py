"""The law of what happens next: exact odds from the plot, its stage and the state.

With odds of 17 to 3 the next event is the plot's next step, else a distraction that fits the state. A plot has room
for two distractions, so a story has 7 to 10 frames.
"""

from __future__ import annotations

from fabula.world.events import happen, possible
from fabula.world.places import PLACES
from fabula.world.plots import PLOTS, rare_place
from fabula.world.state import Event, State, changed

FORESEEN, DISTRACTED = 17, 3  # weights of the plot's next step and of all distractions together
MOST_DISTRACTIONS = 2


def places_of(state: State, where: str) -> list[str]:
    """Where a step may lead: a new place of the right sort, and none that the split does not know with this plot."""
    sort = [name for name, place in PLACES.items() if where == "any" or place.indoors == (where == "in")]
    fresh = [name for name in sort if name != state.place]
    return [name for name in fresh if state.hard or not rare_place(state.plot, name)]


def foreseen(state: State) -> list[Event]:
    """The events of the plot's next step, all equally likely; none where the plot is at its end."""
    steps = PLOTS[state.plot].steps
    if state.stage == len(steps):
        return []
    step = steps[state.stage]
    there = places_of(state, step.where) if step.where else [""]
    return [Event(kind, step.actor, step.other, step.thing, place) for kind in step.kinds for place in there]


def distractions(state: State) -> list[Event]:
    """What may happen beside the plot: it changes nothing that the plot needs."""
    if state.stage == 0 or state.distractions == MOST_DISTRACTIONS or not state.awake():
        return []
    plot, (first, *others) = PLOTS[state.plot], [person.id for person in state.awake()]
    events = [Event("pause", first), Event("trip", first)]
    events += [Event(kind, first, other) for other in others[:1] for kind in ("talk", "chase")]
    if plot.kinds.isdisjoint(("rain", "snow", "clear")):
        events += [Event(kind, first) for kind in (("rain", "snow") if state.weather == "clear" else ("clear",))]
    if plot.kinds.isdisjoint(("dusk", "night", "wake")) and state.light != "night":
        events.append(Event("dusk" if state.light == "day" else "night", first))
    ahead = [event.kind for event in foreseen(state)]
    repeated = state.last.kind if state.last else ""
    return [event for event in events if event.kind not in (*ahead, repeated) and possible(state, event)]


def next_events(state: State) -> dict[Event, int]:
    """The exact odds of the next event, in whole weights; empty at the end of the story."""
    ahead, aside = foreseen(state), distractions(state)
    if not ahead:
        return {}
    if not aside:
        return dict.fromkeys(ahead, 1)
    odds = dict.fromkeys(ahead, FORESEEN * len(aside))
    return odds | dict.fromkeys(aside, DISTRACTED * len(ahead))


def follow(state: State, event: Event) -> State:
    """The state after the event, with plot and stage moved on."""
    if event in foreseen(state):
        return changed(happen(state, event), stage=state.stage + 1)
    return changed(happen(state, event), distractions=state.distractions + 1)


def reasons(state: State, event: Event) -> tuple[str, ...]:
    """Why the event happens, in templates; nothing for a distraction."""
    steps = PLOTS[state.plot].steps
    return steps[state.stage].why if state.stage < len(steps) and event in foreseen(state) else ()
