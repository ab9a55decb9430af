"""What will be true of the next frame: every next scene, so far as facts go, with its exact probability."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from math import prod

from fabula.world.cast import Character
from fabula.world.dice import Dice, probability
from fabula.world.oracle.chain import shots
from fabula.world.oracle.imagine import Choice, imagine, moods
from fabula.world.oracle.newcomers import newcomers
from fabula.world.oracle.outlook import Outlook
from fabula.world.oracle.turns import Turn
from fabula.world.scene import Scene
from fabula.world.state import changed

Distribution = dict[str, float]  # answer -> probability, likeliest first
STILL = Dice("the oracle's facts")


def next_scenes(outlook: Outlook) -> Iterator[tuple[Scene, float]]:
    """All next scenes that differ in a fact, and their probabilities, which sum to 1.

    Facts are event, place, sky, shot, feelings, what is held or lies there and in what state, and kind and name of who
    comes. What is left (where exactly people stand, a newcomer's looks, a new thing's colour) is drawn once: a
    question must not ask for it. About a hundred scenes, some thousand where somebody may come.
    """
    for turn in visible(outlook):
        people = list(_people(outlook, turn))
        felt = list(_felt(outlook, turn))
        for shot, chance in shots(turn.before, turn.after, outlook.shot).items():
            base = imagine(outlook, Choice(turn, shot, felt[0][0], people[0][0]), STILL)
            for (who, likely), (feelings, often) in product(people, felt):
                yield _varied(base, who, feelings), turn.probability * chance * likely * often


def marginals(outlook: Outlook, questions: Mapping[str, Callable[[Scene], str]]) -> dict[str, Distribution]:
    """For each question all answers with their exact probabilities, likeliest first."""
    found: dict[str, Distribution] = {name: defaultdict(float) for name in questions}
    for scene, chance in next_scenes(outlook):
        for name, question in questions.items():
            found[name][question(scene)] += chance
    return {name: dict(sorted(odds.items(), key=lambda pair: -pair[1])) for name, odds in found.items()}


def visible(outlook: Outlook) -> list[Turn]:
    """The ways on with those made one that differ only in whose things are or in why it happens."""
    found: dict[tuple[object, ...], Turn] = {}
    for turn in outlook.ways:
        key = (turn.event, tuple(thing.kind for thing in turn.after.things))
        first = found.get(key, changed(turn, probability=0.0))
        found[key] = changed(first, probability=first.probability + turn.probability)
    return sorted(found.values(), key=lambda turn: -turn.probability)


def _people(outlook: Outlook, turn: Turn) -> Iterator[tuple[Character | None, float]]:
    if not turn.newcomer:
        return iter([(None, 1.0)])
    return newcomers(turn, [actor.who for actor in outlook.last.actors])


def _felt(outlook: Outlook, turn: Turn) -> Iterator[tuple[dict[str, str], float]]:
    odds = moods(outlook, turn)
    for feelings in product(*odds.values()):
        chances = [probability(feeling, odd) for feeling, odd in zip(feelings, odds.values(), strict=True)]
        yield dict(zip(odds, feelings, strict=True)), prod(chances)


def _varied(scene: Scene, who: Character | None, feelings: Mapping[str, str]) -> Scene:
    actors = scene.actors
    if who:
        actors = tuple(changed(actor, who=who) if actor.who.id == who.id else actor for actor in actors)
    felt = (a if a.asleep else changed(a, feeling=feelings.get(a.who.id, a.feeling)) for a in actors)
    return changed(scene, actors=tuple(felt))
