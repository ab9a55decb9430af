"""What can happen: preconditions, effects and feelings of each event."""

from __future__ import annotations

from collections.abc import Callable

from fabula.world.props import PROPS
from fabula.world.state import Event, State, changed

Check = Callable[[State, Event], bool]
Effect = Callable[[State, Event], State]


def _here(state: State, id: str) -> bool:
    return bool(id) and state.person(id).present and not state.person(id).asleep


def _holds(state: State, event: Event, use: str = "") -> bool:
    thing = state.thing(event.thing)
    return (
        _here(state, event.actor)
        and (thing.where, thing.holder) == ("hand", event.actor)
        and (not use or PROPS[thing.kind].use == use)
    )


def _lies(state: State, event: Event, where: str) -> bool:
    thing = state.thing(event.thing)
    return _here(state, event.actor) and (thing.where, thing.place) == (where, state.place)


def _in_reach(state: State, event: Event) -> bool:
    thing = state.thing(event.thing)
    held = thing.where == "hand" and thing.holder != event.actor and state.person(thing.holder).present
    return _here(state, event.actor) and (held or _lies(state, event, "ground"))


def _both(state: State, event: Event) -> bool:
    return _here(state, event.actor) and _here(state, event.other)


POSSIBLE: dict[str, Check] = {
    "begin": lambda s, e: s.stage == 0,
    "go": lambda s, e: _here(s, e.actor) and e.place != s.place,
    "meet": lambda s, e: _here(s, e.actor) and not s.person(e.other).present,
    "leave": lambda s, e: _both(s, e),
    "take": _in_reach,
    "give": lambda s, e: _both(s, e) and _holds(s, e),
    "drop": _holds,
    "hide": _holds,
    "search": lambda s, e: _lies(s, e, "hidden"),
    "find": lambda s, e: _lies(s, e, "hidden"),
    "open": lambda s, e: _holds(s, e, "open") and not s.thing(e.thing).open,
    "light": lambda s, e: _holds(s, e, "light") and not s.thing(e.thing).lit,
    "put out": lambda s, e: _holds(s, e, "light") and s.thing(e.thing).lit,
    "eat": lambda s, e: _holds(s, e, "eat"),
    "break": lambda s, e: _holds(s, e, "break") and not s.thing(e.thing).broken,
    "mend": lambda s, e: _holds(s, e) and s.thing(e.thing).broken,
    "plant": lambda s, e: _holds(s, e, "plant"),
    "sprout": lambda s, e: _here(s, e.actor) and s.thing(e.thing).planted and not s.thing(e.thing).sprouted,
    "sleep": lambda s, e: _here(s, e.actor),
    "wake": lambda s, e: s.person(e.actor).present and s.person(e.actor).asleep,
    "chase": _both,
    "talk": _both,
    "rain": lambda s, e: s.weather == "clear",
    "snow": lambda s, e: s.weather == "clear",
    "clear": lambda s, e: s.weather != "clear",
    "dusk": lambda s, e: s.light == "day",
    "night": lambda s, e: s.light == "dusk",
    "pause": lambda s, e: _here(s, e.actor),
    "trip": lambda s, e: _here(s, e.actor),
}


def _go(state: State, event: Event) -> State:
    return changed(state, place=event.place)


def _open(state: State, event: Event) -> State:
    state = state.with_thing(event.thing, open=True)
    if state.thing(event.thing).kind != "parcel":
        return state
    inside = [thing.id for thing in state.things if thing.where == "away" and not thing.known]
    opened = state.with_thing(event.thing, where="ground", holder="", place=state.place)
    return opened.with_thing(inside[0], where="hand", holder=event.actor, owner=event.actor) if inside else state


EFFECTS: dict[str, Effect] = {
    "go": _go,
    "meet": lambda s, e: s.with_person(e.other, present=True),
    "leave": lambda s, e: s.with_person(e.actor, present=False),
    "take": lambda s, e: s.with_thing(
        e.thing, where="hand", holder=e.actor, place="", owner=s.thing(e.thing).owner or e.actor
    ),
    "give": lambda s, e: s.with_thing(e.thing, holder=e.other),
    "drop": lambda s, e: s.with_thing(e.thing, where="hidden", holder="", place=s.place),
    "hide": lambda s, e: s.with_thing(e.thing, where="hidden", holder="", place=s.place),
    "find": lambda s, e: s.with_thing(e.thing, where="hand", holder=e.actor, place=""),
    "open": _open,
    "light": lambda s, e: s.with_thing(e.thing, lit=True),
    "put out": lambda s, e: s.with_thing(e.thing, lit=False),
    "eat": lambda s, e: s.with_thing(e.thing, where="away", holder=""),
    "break": lambda s, e: s.with_thing(e.thing, broken=True),
    "mend": lambda s, e: s.with_thing(e.thing, broken=False),
    "plant": lambda s, e: s.with_thing(e.thing, where="ground", holder="", place=s.place, planted=True),
    "sprout": lambda s, e: s.with_thing(e.thing, sprouted=True),
    "sleep": lambda s, e: s.with_person(e.actor, asleep=True),
    "wake": lambda s, e: changed(s.with_person(e.actor, asleep=False), light="day"),
    "rain": lambda s, e: changed(s, weather="rain"),
    "snow": lambda s, e: changed(s, weather="snow"),
    "clear": lambda s, e: changed(s, weather="clear"),
    "dusk": lambda s, e: changed(s, light="dusk"),
    "night": lambda s, e: changed(s, light="night"),
}

# event -> odds of what the actor feels, and of what the other feels
FEELINGS: dict[str, tuple[dict[str, int], dict[str, int]]] = {
    "begin": ({"calm": 2, "happy": 2, "curious": 1}, {"calm": 1, "happy": 1}),
    "go": ({"curious": 2, "happy": 2, "calm": 1}, {"happy": 1, "curious": 1}),
    "meet": ({"happy": 3, "surprised": 2}, {"happy": 3, "curious": 1}),
    "leave": ({"calm": 1, "happy": 2}, {"sad": 2, "calm": 1}),
    "take": ({"happy": 1, "curious": 2}, {"surprised": 2, "angry": 1}),
    "give": ({"happy": 3, "proud": 1}, {"happy": 3, "surprised": 1}),
    "drop": ({"sad": 3, "surprised": 1}, {"surprised": 1}),
    "hide": ({"proud": 1, "happy": 2}, {"curious": 1}),
    "search": ({"sad": 2, "afraid": 1, "curious": 1}, {"curious": 1}),
    "find": ({"happy": 3, "surprised": 1, "proud": 1}, {"happy": 1}),
    "open": ({"surprised": 2, "curious": 1, "happy": 1}, {"curious": 1, "happy": 1}),
    "light": ({"proud": 1, "happy": 2, "calm": 1}, {"happy": 1, "calm": 1}),
    "put out": ({"sleepy": 2, "calm": 1}, {"sleepy": 1, "calm": 1}),
    "eat": ({"happy": 3, "proud": 1}, {"happy": 1}),
    "break": ({"sad": 3, "angry": 1}, {"surprised": 1, "sad": 1}),
    "mend": ({"proud": 3, "happy": 1}, {"happy": 2, "curious": 1}),
    "plant": ({"curious": 1, "proud": 1, "happy": 1}, {"curious": 1}),
    "sprout": ({"surprised": 2, "happy": 2, "proud": 1}, {"surprised": 1, "happy": 1}),
    "sleep": ({"sleepy": 1}, {"calm": 2, "sleepy": 1}),
    "wake": ({"surprised": 1, "happy": 1, "curious": 1}, {"calm": 1}),
    "chase": ({"angry": 1, "happy": 2}, {"happy": 2, "afraid": 1}),
    "talk": ({"happy": 3, "calm": 1, "curious": 1}, {"calm": 1, "curious": 1, "happy": 2}),
    "rain": ({"surprised": 2, "sad": 1}, {"surprised": 1, "sad": 1}),
    "snow": ({"happy": 2, "surprised": 2}, {"happy": 1, "surprised": 1}),
    "clear": ({"happy": 3, "calm": 1}, {"happy": 1}),
    "dusk": ({"calm": 2, "sleepy": 1}, {"calm": 2, "sleepy": 1}),
    "night": ({"afraid": 1, "sleepy": 1, "calm": 1}, {"calm": 1, "sleepy": 1}),
    "pause": ({"curious": 2, "calm": 1}, {"calm": 1, "curious": 1}),
    "trip": ({"angry": 1, "surprised": 2, "sad": 1}, {"surprised": 1, "afraid": 1}),
}
FEELING_NAMES = ("calm", "happy", "sad", "afraid", "surprised", "angry", "sleepy", "proud", "curious")


def possible(state: State, event: Event) -> bool:
    """Whether the event's preconditions hold."""
    return POSSIBLE[event.kind](state, event)


def happen(state: State, event: Event) -> State:
    """The state after the event (feelings, plot and stage are kept as they were)."""
    assert possible(state, event), (state, event)
    effect = EFFECTS.get(event.kind)
    return changed(effect(state, event) if effect else state, last=event)
