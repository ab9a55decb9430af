"""How characters, places and things are called: names, introductions, pronouns, ids."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from fabula.world.cast import KINDS, Character
from fabula.world.places import PLACES
from fabula.world.scene import Actor

PRONOUNS = {"she": ("she", "her", "her"), "he": ("he", "him", "his")}


HANDS = {"duck": "wings", "frog": "hands"}


ACTION = re.compile(r"\[([^\]]*)\]")


def background_id(place: str) -> str:
    """A place's id in the markup; the same in every story."""
    return f"bg{list(PLACES).index(place) + 1}"


def landmark_id(place: str) -> str:
    """The id of a place's landmark in the markup."""
    return f"lm{list(PLACES).index(place) + 1}"


def with_article(words: str) -> str:
    """`an old oak`."""
    return f"{article(words)} {words}"


def tag(tag: str, id: str, text: str) -> str:
    return f"<{tag} {id}>{text}</{tag}>"


@lru_cache(maxsize=4096)
def acted(texts: tuple[str, ...], id: str) -> dict[str, int]:
    """The texts at equal odds, with `[...]` marked as what this character does."""
    return {ACTION.sub(rf"<gda {id}>\1</gda>", text): 1 for text in texts}


def named(actor: Actor | None) -> str:
    assert actor
    return tag("gdo", actor.who.id, actor.who.name)


def introduced(actor: Actor | None, *, comma: bool = True, clothes: bool = True) -> Mapping[str, int]:
    """A name, or a name with kind, build and clothes where the character is new."""
    assert actor
    if not actor.new:
        return {named(actor): 1}
    who = actor.who
    noun = f"{article(who.build)} {who.build} {who.kind}"
    names = {f"{who.name} the {who.kind}": 2, f"{noun} called {who.name}": 2, f"{noun} named {who.name}": 2}
    dressed = f"{noun} in {garment(who)}"
    if clothes:
        names[f"{who.name}, {dressed}," if comma else f"{dressed} whose name was {who.name}"] = 2
    return {tag("gdo", who.id, name): weight for name, weight in names.items()}


def garment(who: Character) -> str:
    plural = who.garment == "dungarees"
    return f"{who.clothes} {who.garment}" if plural else f"{article(who.clothes)} {who.clothes} {who.garment}"


def article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"


def pronoun(actor: Actor | None, case: int) -> str:
    assert actor
    return PRONOUNS[actor.who.sex][case]


def hands(actor: Actor | None) -> str:
    assert actor
    kind = actor.who.kind
    return "hands" if KINDS[kind].human else HANDS.get(kind, "paws")
