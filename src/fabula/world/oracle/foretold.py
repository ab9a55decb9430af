"""How likely a caption is for a frame that has not been seen: summed over feelings, newcomers and their looks.

A caption speaks at most once of what the actor feels, of what the other feels, and of how a newcomer looks, and these
change nothing else in it: so the sum over them stands in the grammar's own slots, and one parse does for all.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from fabula.world.events import FEELINGS
from fabula.world.language.grammar import likelihood
from fabula.world.language.words import Words
from fabula.world.oracle.chain import shown
from fabula.world.oracle.newcomers import newcomers, spoken_looks
from fabula.world.oracle.telling import KEPT, Account, account
from fabula.world.oracle.turns import Turn
from fabula.world.scene import Actor, Scene
from fabula.world.state import changed

Texts = Mapping[str, int]


def caption_chance(caption: str, turn: Turn, last: Scene, colours: Mapping[str, str]) -> float:
    """The exact probability of the caption if the story goes on like this after the last frame.

    `colours` are those of the things that were seen, by id. Only newcomers whose kind and name stand in the caption
    can be told by it: every way to bring in a newcomer says both.
    """
    there = [_now(actor, turn) for actor in last.actors if actor.who.id in shown(turn.after)]
    if not turn.newcomer:
        return _chance(account(turn.before, turn.after, tuple(there), colours), caption)
    total, words = 0.0, set(re.findall(r"\w+", caption))
    for who, probability in newcomers(turn, [actor.who for actor in there]):
        if words >= {who.kind, who.name}:
            actors = (*there, Actor(who, "", 0, 0))
            total += probability * _chance(account(turn.before, turn.after, actors, colours), caption)
    return total


def _now(actor: Actor, turn: Turn) -> Actor:
    """The actor after the event; what is still in the dice is left open."""
    takes_part = actor.who.id in (turn.event.actor, turn.event.other)
    asleep = turn.after.person(actor.who.id).asleep
    return changed(actor, asleep=asleep, feeling="" if takes_part else actor.feeling, holding="")


@lru_cache(KEPT)
def _chance(told: Account, caption: str) -> float:
    return likelihood(Foretold(told.scene()), caption)


class Foretold(Words):
    """The grammar of a frame whose feelings are still in the dice, and whose newcomer has been given no looks."""

    def slot_feels(self) -> Texts:
        assert self.actor
        return _mixed((weight, words.slot_feels()) for weight, words in self._moods(self.actor, 0))

    def _reaction(self, id: str) -> Texts:
        if self.other is None or id != self.other.who.id:
            return super()._reaction(id)
        return _mixed((weight, words._reaction(id)) for weight, words in self._moods(self.other, 1))

    def slot_B(self) -> Texts:  # noqa: N802
        if self.other is None or not self.other.new:
            return super().slot_B()
        looks = [changed(self.other, who=who) for who in spoken_looks(self.other.who)]
        return _mixed((1, self._with(actor).slot_B()) for actor in looks)

    def _moods(self, actor: Actor, part: int) -> Iterable[tuple[int, Words]]:
        odds = {"sleepy": 1} if actor.asleep else FEELINGS[self.scene.event.kind][part]
        return ((weight, self._with(changed(actor, feeling=feeling))) for feeling, weight in odds.items())

    def _with(self, actor: Actor) -> Words:
        """The words for the scene with this actor in place of the one with its id."""
        actors = tuple(actor if old.who.id == actor.who.id else old for old in self.scene.actors)
        return Words(changed(self.scene, actors=actors))


def _mixed(parts: Iterable[tuple[int, Texts]]) -> Texts:
    """The odds of first choosing one of the parts by its weight, then a text by that part's own odds; exact."""
    kept = [(weight, texts, sum(texts.values())) for weight, texts in parts]
    common = math.lcm(*(total for _, _, total in kept))
    found: dict[str, int] = {}
    for weight, texts, total in kept:
        for text, odds in texts.items():
            found[text] = found.get(text, 0) + weight * odds * (common // total)
    return found
