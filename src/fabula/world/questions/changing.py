"""Scenes in which one fact is another: what a picture or a caption could have shown instead.

Which come, and in what order, is drawn by dice that follow from the scene alone, so every teller is asked the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from fabula.world.camera import aim
from fabula.world.cast import CLOTHES, EXTRAS, GARMENTS, HE, KINDS, SHE, Character
from fabula.world.dice import Dice, even
from fabula.world.paint.poses import DOING
from fabula.world.places import LIGHTS, PLACES, WEATHERS
from fabula.world.props import PROPS
from fabula.world.questions.asking import in_focus, pose_name
from fabula.world.scene import Actor, Item, Scene
from fabula.world.state import changed

SHOTS = ("wide", "medium", "close")


def changes(scene: Scene, question: str) -> Iterator[Scene]:
    """The scene with another answer to this question of pictures, all else as it was; no answer comes twice."""
    return CHANGES[question](scene)


def dice_of(scene: Scene, question: str) -> Dice:
    """Dice that follow from the scene alone."""
    return Dice("world questions", scene.grain, scene.number, question)


def shuffled(dice: Dice, outcomes: Iterable[str]) -> list[str]:
    return sorted(outcomes, key=dice.number)


def other_places(scene: Scene) -> Iterator[Scene]:
    yield from (changed(scene, place=name) for name in _others(scene, "where", PLACES, scene.place))


def other_lights(scene: Scene) -> Iterator[Scene]:
    yield from (changed(scene, light=name) for name in _others(scene, "light", LIGHTS, scene.light))


def other_weathers(scene: Scene) -> Iterator[Scene]:
    yield from (changed(scene, weather=name) for name in _others(scene, "weather", WEATHERS, scene.weather))


def other_shots(scene: Scene) -> Iterator[Scene]:
    """The same stage seen wider or closer, as the world's camera would aim without a pan."""
    heights = {actor.who.id: KINDS[actor.who.kind].height for actor in scene.actors}
    for shot in _others(scene, "shot", SHOTS, scene.camera.shot):
        focus = "all" if shot == "wide" else in_focus(scene).who.id
        yield changed(scene, camera=aim((shot, focus), scene.event, scene.actors, scene.mark_x, 0, heights))


def other_characters(scene: Scene) -> Iterator[Scene]:
    """Who is in focus is of another kind, in other clothes, with another name: someone who is not in the frame."""
    actor, dice = in_focus(scene), dice_of(scene, "who")
    taken = [other.who.kind for other in scene.actors]
    for kind in shuffled(dice, (kind for kind in KINDS if kind not in taken)):
        yield with_character(scene, actor, somebody(scene, actor, kind, dice))


def somebody(scene: Scene, actor: Actor, kind: str, dice: Dice) -> Character:
    """A character of this kind in the actor's place, with its id; all else is drawn."""
    names = {"she": SHE, "he": HE}.get(KINDS[kind].sex, SHE + HE)
    name = dice.pick(f"name {kind}", even(name for name in names if name not in [a.who.name for a in scene.actors]))
    clothes = dice.pick(f"clothes {kind}", even(colour for colour in CLOTHES if colour != actor.who.clothes))
    return Character(
        id=actor.who.id,
        kind=kind,
        name=name,
        sex="she" if name in SHE else "he",
        build=dice.pick(f"build {kind}", even(KINDS[kind].builds)),
        garment=dice.pick(f"garment {kind}", even(GARMENTS)),
        clothes=clothes,
        extra=dice.pick(f"extra {kind}", even(EXTRAS)),
        trim=dice.pick(f"trim {kind}", even(colour for colour in CLOTHES if colour != clothes)),
    )


def with_character(scene: Scene, actor: Actor, who: Character) -> Scene:
    """`who` in the place of this actor."""
    return changed(scene, actors=tuple(changed(a, who=who) if a is actor else a for a in scene.actors))


def other_poses(scene: Scene) -> Iterator[Scene]:
    """Another event, so that who acts stands in another way."""
    seen = {pose_name(scene)}
    for kind in shuffled(dice_of(scene, "doing"), (kind for kind, (pose, _) in DOING.items() if pose)):
        other = with_event(scene, kind)
        if pose_name(other) not in seen:
            seen.add(pose_name(other))
            yield other


def with_event(scene: Scene, kind: str) -> Scene:
    """Another event with the same people and thing; who acts sleeps only if this is the event."""
    actors = tuple(changed(a, asleep=kind == "sleep") if a.who.id == scene.event.actor else a for a in scene.actors)
    why = () if "talk" in (kind, scene.event.kind) else scene.why  # what is said is no reason
    return changed(scene, event=changed(scene.event, kind=kind), actors=actors, why=why)


def other_held(scene: Scene) -> Iterator[Scene]:
    """Nothing or another thing in the hand; where nobody holds anything, a thing in the hand of who is in focus."""
    held = next((scene.item(actor.holding) for actor in scene.actors if actor.holding), None)
    names = [name for name in PROPS if not held or name != held.kind]
    names = shuffled(dice_of(scene, "holding"), [*names, *(["nothing"] if held else [])])
    names.sort(key=lambda name: name != "nothing")  # an empty hand first: it is always asked for
    for name in names:
        yield with_thing(scene, held, name) if held else _given(scene, name)


def with_thing(scene: Scene, item: Item, name: str) -> Scene:
    """Another thing in the place of this one, of its colour if it can have it; or `nothing`."""
    if name == "nothing":
        actors = tuple(changed(a, holding="") if a.holding == item.id else a for a in scene.actors)
        return changed(scene, actors=actors, items=tuple(other for other in scene.items if other is not item))
    other = changed(item, kind=name, colour=_colour(scene, name, item.colour))
    return changed(scene, items=tuple(other if old is item else old for old in scene.items))


def _given(scene: Scene, name: str) -> Scene:
    actor = in_focus(scene)
    id = actor.who.id
    item = Item("held", name, _colour(scene, name, ""), "hand", id, id, actor.x)
    actors = tuple(changed(a, holding="held") if a is actor else a for a in scene.actors)
    return changed(scene, actors=actors, items=(*scene.items, item))


def _colour(scene: Scene, name: str, wish: str) -> str:
    colours = PROPS[name].colours
    return wish if wish in colours else dice_of(scene, "holding").pick(f"colour {name}", even(colours))


def _others(scene: Scene, question: str, names: Iterable[str], true: str) -> list[str]:
    return shuffled(dice_of(scene, question), (name for name in names if name != true))


CHANGES: dict[str, Callable[[Scene], Iterator[Scene]]] = {
    "who": other_characters,
    "where": other_places,
    "doing": other_poses,
    "holding": other_held,
    "light": other_lights,
    "weather": other_weathers,
    "shot": other_shots,
}
