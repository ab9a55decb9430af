"""Another scene in the same words: the choices of one caption's derivation, taken again where they can be.

So two captions differ where their scenes do, and hardly in length.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Mapping

from fabula.world.dice import Dice, even
from fabula.world.language.grammar import Fill, Token, tell, tokens
from fabula.world.language.words import Words
from fabula.world.scene import Scene

Choice = tuple[str, str]  # a slot and the text that it was filled with


def retold(scene: Scene, caption: str, other: Scene, dice: Dice) -> str:
    """The other scene, told as `caption` tells `scene`; by dice where that cannot be."""
    fill = Words(scene)
    return tell(_alike(fill, derivation(fill, caption) or (), Words(other), dice), dice, "caption").text


def derivation(fill: Fill, text: str, start: str = "caption") -> tuple[Choice, ...] | None:
    """The choices, from left to right, by which the grammar tells this text; the first way that is found, or None."""
    dead: set[tuple[int, bool, tuple[Token, ...]]] = set()

    def walk(at: int, capital: bool, stack: tuple[Token, ...]) -> tuple[Choice, ...] | None:
        while stack and stack[0][0] != "slot":
            (sort, value, _), stack = stack[0], stack[1:]
            if sort == "literal":
                value = value[0].upper() + value[1:] if capital else value
                if not text.startswith(value, at):
                    return None
                at, capital = at + len(value), False
            elif sort == "capital":
                capital = True
        if not stack:
            return () if at == len(text) else None
        if (at, capital, stack) in dead:
            return None
        slot = stack[0][1]
        for option in fill(slot):
            rest = walk(at, capital, tokens(option) + stack[1:])
            if rest is not None:
                return ((slot, option), *rest)
        dead.add((at, capital, stack))
        return None

    return walk(0, False, (("slot", start, ""),))


def _alike(fill: Fill, choices: tuple[Choice, ...], other: Fill, dice: Dice) -> Callable[[str], Mapping[str, int]]:
    """Fills each slot with one text: the one chosen then, else the one in its place, else one by dice."""
    chosen: dict[str, deque[str]] = defaultdict(deque)
    for slot, text in choices:
        chosen[slot].append(text)

    def alike(slot: str) -> Mapping[str, int]:
        odds = other(slot)
        if not chosen[slot]:
            return {dice.pick(f"slot {slot}", even(odds)): 1}
        text = chosen[slot].popleft()
        return {text if text in odds else list(odds)[list(fill(slot)).index(text) % len(odds)]: 1}

    return alike
