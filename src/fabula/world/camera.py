"""The camera: which shot comes next, with exact odds, and what it shows."""

from __future__ import annotations

from collections.abc import Sequence

from fabula.world.scene import Actor, Camera
from fabula.world.state import Event

Shot = tuple[str, str]  # wide, medium or close, and a character's id or "all"
STAYS, CUTS = 4, 1  # how often the camera stays or moves where it may stay
MOVING = ("begin", "go", "meet", "wake", "talk")  # events that always want a new view

# event -> weights of wide, medium, close; other events take the first row
VIEWS: dict[str, tuple[int, int, int]] = {
    "": (2, 4, 2),
    "begin": (4, 3, 0),
    "go": (4, 3, 0),
    "meet": (3, 4, 0),
    "leave": (4, 2, 0),
    "chase": (4, 2, 0),
    "talk": (0, 2, 5),
    "rain": (4, 2, 1),
    "snow": (4, 2, 1),
    "clear": (4, 2, 1),
    "dusk": (4, 2, 1),
    "night": (4, 2, 1),
    "hide": (3, 4, 0),
    "search": (3, 4, 0),
    "find": (2, 5, 0),
    "plant": (3, 4, 0),
    "sprout": (2, 5, 0),
    "trip": (4, 2, 0),
    "eat": (1, 3, 4),
}


def shot_odds(event: Event, present: Sequence[str], before: Shot | None) -> dict[Shot, int]:
    """The odds of the next shot. `before` is the last shot where the camera may stay (same place), else None."""
    if event.kind == "talk" and before == ("close", event.other):  # A, B, A, B
        return {("close", event.actor): 4, ("medium", event.actor): 1}
    wide, medium, close = VIEWS.get(event.kind, VIEWS[""])
    focus = {event.actor: 3} | ({event.other: 1} if event.other in present and event.kind != "talk" else {})
    total = sum(focus.values())
    fresh = {("wide", "all"): wide * total, ("medium", event.actor): medium * total}
    fresh |= {("close", who): close * weight for who, weight in focus.items()}
    stay = before if before and event.kind not in MOVING and _fits(before, event, present) else None
    fresh = {shot: weight for shot, weight in fresh.items() if weight and shot != stay}
    if stay is None:
        return fresh
    return {stay: STAYS * sum(fresh.values())} | {shot: CUTS * weight for shot, weight in fresh.items()}


def _fits(shot: Shot, event: Event, present: Sequence[str]) -> bool:
    view, focus = shot
    if view == "wide":
        return True
    if view == "close":
        return focus in (event.actor, event.other) and event.kind != "talk" and VIEWS.get(event.kind, VIEWS[""])[2] > 0
    return focus in present and event.kind not in ("hide", "search", "find", "trip")


def aim(shot: Shot, event: Event, actors: Sequence[Actor], mark_x: int, pan: int, heights: dict[str, int]) -> Camera:
    """Where the camera of a new shot looks, in hundredths of a child's height."""
    view, focus = shot
    at = {actor.who.id: actor.x for actor in actors}
    if view == "wide":
        return Camera(view, focus, pan, -62, 186)
    if view == "close":
        return Camera(view, focus, at[focus] + pan // 3, -heights[focus] * 66 // 100 - 2, 92)
    near = [at[focus]] + [at[id] for id in (event.other,) if id in at]
    if event.kind in ("hide", "search", "find"):
        near.append(mark_x)
    return Camera(view, focus, (min(near) + max(near)) // 2 + pan // 2, -55, 142)
