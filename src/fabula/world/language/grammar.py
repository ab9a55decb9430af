"""A weighted grammar: texts with slots, drawn with known odds, and the exact probability of a text.

A text is literal words, slots `{name}` that the grammar fills, tags as in `<gdo char1>Mila</gdo>` that become mentions,
and `^`, which makes the next letter a capital.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from fabula.story import Mention
from fabula.world.dice import Dice

Fill = Callable[[str], Mapping[str, int]]  # a slot's name -> its texts and their weights
TOKEN = re.compile(r"\{(\w+)\}|<(gd[oal]) ([^>]*)>|(</gd[oal]>)|(\^)|([^{<^]+)")
Token = tuple[str, str, str]  # sort, value, ids


@lru_cache(maxsize=65536)
def tokens(text: str) -> tuple[Token, ...]:
    """A text's parts: slot, open, close, capital and literal."""
    found = []
    for slot, tag, ids, close, capital, literal in TOKEN.findall(text):
        sorts = (("slot", slot), ("open", tag), ("close", close), ("capital", capital), ("literal", literal))
        sort, value = next(pair for pair in sorts if pair[1])
        found.append((sort, value, ids))
    return tuple(found)


@dataclass(frozen=True)
class Told:
    """A caption and where it speaks of whom."""

    text: str
    mentions: tuple[Mention, ...]


def tell(fill: Fill, dice: Dice, name: str, start: str = "caption") -> Told:
    """Draw a text from the grammar; the draws are named `name` and a number."""
    stack, text, length, capital, draws = [("slot", start, "")], [], 0, False, 0
    opened: list[tuple[str, str, int]] = []
    mentions: list[Mention] = []
    while stack:
        sort, value, ids = stack.pop()
        if sort == "slot":
            odds = fill(value)
            if len(odds) == 1:
                (chosen,) = odds
            else:
                draws += 1
                chosen = dice.pick(f"{name}.{draws}", odds)
            stack.extend(reversed(tokens(chosen)))
        elif sort == "literal":
            text.append(value[0].upper() + value[1:] if capital else value)
            length, capital = length + len(value), False
        elif sort == "capital":
            capital = True
        elif sort == "open":
            opened.append((value, ids, length))
        else:
            tag, of, begin = opened.pop()
            mentions.append(Mention(tag, tuple(of.split()), begin, length))
    return Told("".join(text), tuple(sorted(mentions, key=lambda m: (m.start, -m.end))))


def likelihood(fill: Fill, text: str, start: str = "caption") -> float:
    """The probability that the grammar tells exactly this text, over every way to derive it."""
    known: dict[tuple, float] = {}

    def inside(at: int, capital: bool, stack: tuple[Token, ...]) -> float:
        while stack and stack[0][0] != "slot":
            (sort, value, _), stack = stack[0], stack[1:]
            if sort == "literal":
                value = value[0].upper() + value[1:] if capital else value
                if not text.startswith(value, at):
                    return 0.0
                at, capital = at + len(value), False
            elif sort == "capital":
                capital = True
        if not stack:
            return float(at == len(text))
        key = (at, capital, stack)
        if key not in known:
            odds = fill(stack[0][1])
            ways = sum(w * inside(at, capital, tokens(t) + stack[1:]) for t, w in odds.items())
            known[key] = ways / sum(odds.values())
        return known[key]

    return inside(0, False, (("slot", start, ""),))
