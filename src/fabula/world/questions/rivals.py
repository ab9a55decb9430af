"""Story cloze: the true next frame among four that differ from it in one fact, told and painted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice, zip_longest

import numpy as np

from fabula.story import Frame, Size
from fabula.world.dice import Dice
from fabula.world.props import PROPS
from fabula.world.questions.asking import in_focus
from fabula.world.questions.changing import (
    changes,
    dice_of,
    other_characters,
    shuffled,
    with_character,
    with_event,
    with_thing,
)
from fabula.world.questions.retelling import retold
from fabula.world.questions.seeing import KEPT, Pixels, Renders, differ, renders, small
from fabula.world.scene import Scene, from_record
from fabula.world.state import changed

RIVALS = 4
CHANCE = 1 / (1 + RIVALS)
FACTS = ("who", "where", "doing", "thing", "light", "weather")
USES = {
    "open": "open",
    "light": "light",
    "put out": "light",
    "eat": "eat",
    "break": "break",
    "mend": "break",
    "plant": "plant",
    "sprout": "plant",
}  # events that only some things allow
WITH_THING = ("take", "drop", "hide", "search", "find", *USES)
TELLS = {"light": ("dusk", "night"), "weather": ("rain", "snow", "clear")}  # events that would contradict the change
ALONE = ("sleep", "wake", "pause", "trip")
TOGETHER = ("meet", "leave", "chase", "talk")
EACH = 3  # changes of one fact that are tried


@dataclass(frozen=True)
class Candidates:
    """Five next frames, one of them true, in an order that is drawn."""

    captions: tuple[str, ...]
    pictures: Pixels  # (5, H, W, 3)
    right: int  # the place of the true one
    changed: tuple[str, ...]  # the fact that is another in each; "" for the true one


def candidates(scene: Scene, caption: str, context: Sequence[Scene], dice: Dice, seen: Renders) -> Candidates | None:
    """The five, or None where four changes cannot be both told and seen in this frame.

    `caption` is the true one; the others are told in its words wherever the changed fact allows. A new character is one
    of the context who is not in the frame, where there is one. Each fact is changed once before one is changed twice.
    `seen` are the scene's renders, at the size of the candidates' pictures.
    """
    found: dict[str, tuple[str, Pixels]] = {}  # caption -> what is changed, picture
    for fact, other in _in_turns(scene, context, dice):
        told = retold(scene, caption, other, dice)
        if told != caption and told not in found:
            picture = seen.paint(other)
            if differ(picture, seen.true) and all(differ(picture, known) for _, known in found.values()):
                found[told] = (fact, picture)
        if len(found) == RIVALS:
            return _ordered(caption, seen.true, found, dice)
    return None


def of_frame(frame: Frame, context: Sequence[Frame], size: Size) -> Candidates | None:
    """The five of a true frame and the frames that were given, by dice that follow from the scene alone.

    The pictures are at most as high as pictures are compared; the last frames' candidates are kept.
    """
    assert frame.scene is not None
    scenes = [json.dumps(given.scene) for given in context if given.scene is not None]
    return _of_record(json.dumps(frame.scene), frame.caption, tuple(scenes), small(size))


@lru_cache(maxsize=KEPT)
def _of_record(record: str, caption: str, context: tuple[str, ...], size: Size) -> Candidates | None:
    seen = renders(json.loads(record), size)
    scenes = [from_record(json.loads(given)) for given in context]
    return candidates(seen.scene, caption, scenes, dice_of(seen.scene, "cloze"), seen)


def _ordered(caption: str, true: Pixels, found: Mapping[str, tuple[str, Pixels]], dice: Dice) -> Candidates:
    right = dice.number("right") % (RIVALS + 1)
    five = [(told, picture, fact) for told, (fact, picture) in found.items()]
    five.insert(right, (caption, true, ""))
    captions, pictures, facts = zip(*five, strict=True)
    return Candidates(captions, np.stack(pictures), right, facts)


def _in_turns(scene: Scene, context: Sequence[Scene], dice: Dice) -> Iterator[tuple[str, Scene]]:
    """A change of each fact in an order that is drawn, then a second of each, and a third."""
    makers = {
        "who": _characters(scene, context, dice),
        "doing": _events(scene, dice),
        "thing": _things(scene, dice),
    }
    order = shuffled(dice, (fact for fact in FACTS if scene.event.kind not in TELLS.get(fact, ())))
    each = [[(fact, other) for other in islice(makers.get(fact) or changes(scene, fact), EACH)] for fact in order]
    return (pair for pair in chain.from_iterable(zip_longest(*each)) if pair)


def _characters(scene: Scene, context: Sequence[Scene], dice: Dice) -> Iterator[Scene]:
    """Who is in focus is somebody else of the story, then somebody from nowhere."""
    actor, here = in_focus(scene), {other.who.id for other in scene.actors}
    known = {other.who.id: other.who for past in context for other in past.actors if other.who.id not in here}
    for id in shuffled(dice, known):
        yield with_character(scene, actor, changed(known[id], id=actor.who.id))
    yield from other_characters(scene)


def _events(scene: Scene, dice: Dice) -> Iterator[Scene]:
    """Another event of the same people with the same thing, which the thing allows."""
    event, item = scene.event, scene.item(scene.event.thing)
    kinds = list(ALONE)
    if scene.actor(event.other):
        kinds = list(TOGETHER)
    if item:
        kinds = [kind for kind in WITH_THING if USES.get(kind, PROPS[item.kind].use) == PROPS[item.kind].use]
        if item.owner not in ("", event.actor) and not scene.actor(item.owner):
            kinds.remove("take")  # it would be told as taken from an owner who is not there
        kinds += ["give"] if scene.actor(event.other) else []
    for kind in shuffled(dice, (kind for kind in kinds if kind != event.kind)):
        yield with_event(scene, kind)


def _things(scene: Scene, dice: Dice) -> Iterator[Scene]:
    """The event is about another thing."""
    item = scene.item(scene.event.thing)
    for name in shuffled(dice, (name for name in PROPS if item and name != item.kind)):
        assert item
        yield with_thing(scene, item, name)
