"""Where everybody stands in a frame, and which way they face."""

from __future__ import annotations

from fabula.world.dice import Dice, even
from fabula.world.scene import Actor, Item
from fabula.world.setup import Setup
from fabula.world.state import Event, State, Thing

SLOTS = {1: (-6,), 2: (-44, 44), 3: (-84, 0, 84)}
STEPS = (-10, -4, 4, 10)  # how far somebody may stand from the slot


def mark_of(dice: Dice, visit: int) -> int:
    """Where the landmark stands at this visit to a place."""
    return dice.pick(f"mark{visit}", even((-112, -98, 98, 112)))


def place_actors(setup: Setup, before: State, state: State, mark_x: int, dice: Dice, take: int) -> tuple[Actor, ...]:
    """Everyone who is seen: those who are present and who leaves. `take` numbers the shots; it decides the steps."""
    event = state.last or Event("begin", "char1")
    shown = [p for p in state.people if p.present or (event.kind == "leave" and p.id == event.actor)]
    flip = dice.pick("flip", even((-1, 1)))
    xs = {p.id: x * flip for p, x in zip(shown, SLOTS[len(shown)], strict=True)}
    xs = {id: x + dice.pick(f"step{take}{id}", even(STEPS)) for id, x in xs.items()}
    if event.kind in ("hide", "search", "find"):
        xs = _to_mark(xs, event.actor, mark_x)
    hands = {t.holder: t.id for t in _shown(before, state) if t.where == "hand"}
    return tuple(
        Actor(
            who=setup.cast[int(p.id[4:]) - 1],
            feeling="sleepy" if p.asleep else p.feeling,
            x=xs[p.id],
            faces=_faces(p.id, event, xs, mark_x, flip),
            holding=hands.get(p.id, ""),
            asleep=p.asleep,
            new=not p.met,
        )
        for p in shown
    )


def _to_mark(xs: dict[str, int], who: str, mark_x: int) -> dict[str, int]:
    side = 1 if mark_x > 0 else -1
    placed = {who: mark_x - 46 * side}
    for number, id in enumerate(id for id in xs if id != who):
        placed[id] = placed[who] - (68 + 64 * number) * side
    return {id: placed[id] for id in xs}


def _faces(id: str, event: Event, xs: dict[str, int], mark_x: int, flip: int) -> int:
    if id == event.actor and event.kind in ("hide", "search", "find"):
        return 1 if mark_x > 0 else -1
    if event.kind == "leave" and id == event.actor:
        return 1 if xs[id] > 0 else -1
    if event.kind == "go":
        return flip
    target = event.other if id == event.actor else event.actor
    if event.kind == "chase":
        return 1 if xs[event.other] > xs[event.actor] else -1
    others = [x for other, x in xs.items() if other != id]
    if not others:
        return flip
    seen = xs.get(target, others[0]) if target != id else others[0]
    return 1 if seen > xs[id] else -1


def place_items(before: State, state: State, actors: tuple[Actor, ...], mark_x: int) -> tuple[Item, ...]:
    """Everything that is seen or lies hidden here."""
    here = {actor.who.id: actor.x for actor in actors}
    lying = [t for t in _shown(before, state) if t.where != "hand" and t.place == state.place]
    held = [t for t in _shown(before, state) if t.where == "hand" and t.holder in here]
    return tuple(_item(thing, here, mark_x) for thing in sorted(held + lying, key=lambda thing: thing.id))


def _shown(before: State, state: State) -> list[Thing]:
    """The things after the event; what is just being eaten is still in the hand."""
    eaten = state.last.thing if state.last and state.last.kind == "eat" else ""
    return [old if new.id == eaten else new for old, new in zip(before.things, state.things, strict=True)]


def _item(thing: Thing, here: dict[str, int], mark_x: int) -> Item:
    x = here.get(thing.holder, 0) if thing.where == "hand" else mark_x if thing.where == "hidden" else _free(here)
    seen = (thing.broken, thing.lit, thing.open, thing.planted, thing.sprouted)
    return Item(thing.id, thing.kind, thing.colour, thing.where, thing.holder, thing.owner, x, not thing.known, *seen)


def _free(here: dict[str, int]) -> int:
    """A spot on the ground in the middle, or beside whoever stands there."""
    alone = [x for x in here.values() if abs(x) < 26]
    return alone[0] + 42 if alone else 2
