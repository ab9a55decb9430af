"""What the real data says beside a picture: entities with boxes, setting, structure; told from the scene's facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fabula.story import Box, Entity, Phase
from fabula.world.language.names import background_id, landmark_id, with_article
from fabula.world.places import PLACES
from fabula.world.scene import Actor, Item, Scene
from fabula.world.state import Event

DOES: dict[str, tuple[str, str]] = {
    "begin": ("stands there", "stands there"),
    "go": ("walks along", "walks along"),
    "meet": ("waves", "waves back"),
    "leave": ("walks away", "waves goodbye"),
    "take": ("takes something", "looks on"),
    "give": ("gives something away", "is given something"),
    "drop": ("drops something", "looks on"),
    "hide": ("hides something", "looks on"),
    "search": ("searches", "looks on"),
    "find": ("finds something", "looks on"),
    "open": ("opens something", "looks on"),
    "light": ("lights a flame", "looks on"),
    "put out": ("blows out a flame", "looks on"),
    "eat": ("eats", "looks on"),
    "break": ("breaks something", "looks on"),
    "mend": ("mends something", "looks on"),
    "plant": ("plants something", "looks on"),
    "sprout": ("looks at a sprout", "looks on"),
    "sleep": ("falls asleep", "looks on"),
    "wake": ("wakes up", "looks on"),
    "chase": ("chases somebody", "runs away"),
    "talk": ("speaks", "listens"),
    "rain": ("looks at the rain", "looks on"),
    "snow": ("looks at the snow", "looks on"),
    "clear": ("looks at the clearing sky", "looks on"),
    "dusk": ("watches the evening come", "looks on"),
    "night": ("watches the night come", "looks on"),
    "pause": ("stops and looks", "waits"),
    "trip": ("stumbles", "looks on"),
}
LIGHTING = {"day": "bright daylight", "dusk": "the red light of the evening", "night": "the dark blue of the night"}
SKIES = {"clear": "clear sky", "rain": "rain", "snow": "snow"}
MOODS = {"day": "cheerful", "dusk": "dreamy", "night": "quiet"}
PHASES = ("Introduction", "Development", "Conflict", "Turning Point", "Conclusion")


def entities(scene: Scene, boxes: Mapping[str, Box]) -> tuple[Entity, ...]:
    """Everyone and everything that the camera shows, and the place."""
    people = [_character(scene, actor, boxes[actor.who.id]) for actor in scene.actors if actor.who.id in boxes]
    things = [_object(scene, item, boxes[item.id]) for item in scene.items if item.id in boxes]
    place = PLACES[scene.place]
    mark = Entity(
        landmark_id(scene.place),
        "landmark",
        place.mark,
        f"{with_article(place.mark)} {place.here}",
        boxes.get("lm1"),
        {"function": "landmark", "interaction": "none", "narrative function": "shows where we are"},
    )
    ground = Entity(
        background_id(scene.place),
        "background",
        place.name,
        f"the {place.name}",
        None,
        {"function": "background", "interaction": "none", "narrative function": "the place of the events"},
    )
    return (*people, *things, *([mark] if mark.box else []), ground)


def _character(scene: Scene, actor: Actor, box: Box) -> Entity:
    who = actor.who
    garment = f"{who.clothes} {who.garment}"
    clothes = garment if who.garment == "dungarees" else with_article(garment)
    looks = f"{with_article(f'{who.build} {who.kind}')} in {clothes} with {with_article(f'{who.trim} {who.extra}')}"
    details = {"emotions": actor.feeling, "actions": does(actor, scene), "narrative function": _role(who.id)}
    return Entity(who.id, "character", who.name, looks, box, details)


def does(actor: Actor, scene: Scene) -> str:
    """What somebody does in the frame, in words."""
    if actor.asleep and scene.event.kind != "sleep":
        return "sleeps"
    mine = {scene.event.actor: 0, scene.event.other: 1}
    return DOES[scene.event.kind][mine[actor.who.id]] if actor.who.id in mine else "looks on"


def _role(id: str) -> str:
    return "protagonist" if id == "char1" else "friend" if id == "char2" else "someone met on the way"


def _object(scene: Scene, item: Item, box: Box) -> Entity:
    states = [name for name in ("broken", "lit", "open", "planted", "sprouted") if getattr(item, name)]
    holder = scene.actor(item.holder) if item.where == "hand" else None
    held = f"held by {holder.who.name}" if holder else "lies on the ground"
    looks = ", ".join([with_article(f"{item.colour} {item.kind}"), *states])
    details = {"function": "prop", "interaction": held, "narrative function": "what the story turns on"}
    return Entity(item.id, "object", item.kind, looks, box, details)


def setting(scene: Scene) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """The setting's elements, and mood, time and function of each."""
    place = PLACES[scene.place]
    mood, time = MOODS[scene.light], {"dusk": "evening"}.get(scene.light, scene.light)
    said = {
        "Location": f"the {place.name}",
        "Environment": "indoors" if place.indoors else "outdoors",
        "Lighting": LIGHTING[scene.light],
        "Weather": SKIES[scene.weather],
        "Background": f"the {place.mark}",
    }
    function = {"Location": "place", "Lighting": "mood", "Weather": "mood", "Background": "depth"}
    beside = {name: {"mood": mood, "time": time, "function": function.get(name, "frame")} for name in said}
    return said, beside


def description(scene: Scene) -> str:
    """What the picture shows, in one sentence."""
    shown = [a for a in scene.actors if scene.camera.shot != "close" or a.who.id == scene.camera.focus]
    people = " and ".join(f"{a.who.name} the {a.who.kind}, {a.feeling}" for a in shown)
    time = "in the evening" if scene.light == "dusk" else f"by {scene.light}"
    return f"A {scene.camera.shot} shot of {people}, {PLACES[scene.place].here} {time}, {SKIES[scene.weather]}."


def phases(scenes: Sequence[Scene]) -> tuple[Phase, ...]:
    """The story in five phases of about equal length."""
    bounds = [len(scenes) * i // len(PHASES) for i in range(len(PHASES) + 1)]
    return tuple(
        _phase(name, scenes[start:end])
        for name, start, end in zip(PHASES, bounds, bounds[1:], strict=False)
        if end > start
    )


def _phase(name: str, scenes: Sequence[Scene]) -> Phase:
    events = ", ".join(_said(scene.event, scene) for scene in scenes)
    where = " and ".join(dict.fromkeys(PLACES[scene.place].here for scene in scenes))
    return Phase(name, f"what happens {where}", events, ", ".join(str(scene.number) for scene in scenes))


def _said(event: Event, scene: Scene) -> str:
    actor = scene.actor(event.actor)
    assert actor
    return f"{actor.who.name} {DOES[event.kind][0]}"
