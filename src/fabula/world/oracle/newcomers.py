"""Who may come: kinds and names with their odds, and the looks that captions speak of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from fabula.world.cast import CLOTHES, GARMENTS, KINDS, SHE, Character
from fabula.world.dice import probability
from fabula.world.oracle.turns import Turn
from fabula.world.setup import kind_odds, name_odds
from fabula.world.state import changed


def newcomers(turn: Turn, cast: Sequence[Character]) -> Iterator[tuple[Character, float]]:
    """Every kind and name of who comes, with exact probabilities; clothes are the first that there are.

    `cast` holds those who are known, in the order in which they came.
    """
    kinds = kind_odds([t.kind for t in turn.after.things], [c.kind for c in cast], hard=turn.after.hard)
    for kind in kinds:
        names = name_odds(kind, [c.name for c in cast])
        for name in names:
            yield plain(turn.newcomer, kind, name), probability(kind, kinds) * probability(name, names)


def plain(id: str, kind: str, name: str) -> Character:
    """A character of whom no more is known than kind and name."""
    sex, clothes, trim = "she" if name in SHE else "he", *list(CLOTHES)[:2]
    return Character(id, kind, name, sex, KINDS[kind].builds[0], GARMENTS[0], clothes, "scarf", trim)


def spoken_looks(who: Character) -> list[Character]:
    """All that a caption may say of somebody's looks (build, garment and its colour), equally likely."""
    looks = product(KINDS[who.kind].builds, GARMENTS, CLOTHES)
    return [changed(who, build=build, garment=garment, clothes=clothes) for build, garment, clothes in looks]
