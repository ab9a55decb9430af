"""The grammar's phrases as patterns: the words as they stand, for each slot whatever may fill it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from fabula.world.cast import HE, SHE
from fabula.world.language.grammar import tokens
from fabula.world.language.phrases import EVENTS
from fabula.world.paint.poses import DOING
from fabula.world.places import PLACES
from fabula.world.props import PROPS

NAMES = SHE + HE
NAME = "|".join(NAMES)
THING = "|".join(PROPS)
PLACE = "|".join(PLACES)
WHO = rf"(?:an? [\w ]{{3,60}}? (?:called|named|whose name was) )?({NAME})(?: the \w+|, an? [^,.]{{3,60}},)?"
WHAT = rf"(?:an?|the|her|his) (?:\w+ )?(?P<thing>{THING})"
HERE = rf"(?:in|on|by) the (?:{PLACE})"

SLOTS = {
    **dict.fromkeys(("A", "B", "a", "b"), WHO),
    "owner": f"(?:{NAME})",
    **dict.fromkeys(("P", "p"), WHAT),
    **dict.fromkeys(("he", "bhe"), "(?:he|she)"),
    **dict.fromkeys(("him", "bhim"), "(?:him|her)"),
    "his": "(?:his|her)",
    **dict.fromkeys(("hands", "bhands", "hands_owner"), "(?:hands|wings|paws)"),
    "place": rf"the (?:{PLACE})",
    "here": HERE,
    "at": f"(?: {HERE})?",
    "on": rf"(?: outside| over the (?:{PLACE}))?",
    "mark": r"the \w[\w ]*?",
    "spot": r"(?:behind|under) the \w[\w ]*?",
    "falling": "(?:rain|snow)",
    "drop": "(?:drop|flake)",
    **dict.fromkeys(("quote", "quote_"), r'[^"]+'),
    "sight": r"(?:an?|the) \w[\w ]*?",
    "hurdle": r"(?:an?|the) \w+",
}


@dataclass(frozen=True)
class Pattern:
    """One way to tell an event."""

    way: str  # as the table of phrases calls it: go, go together, ...
    literal: str  # the longest piece without slots, in lower case: where it is absent nothing can match
    words: tuple[str, ...]  # all words of the phrase itself, in lower case
    regex: re.Pattern[str]

    @property
    def kind(self) -> str:
        """The kind of event."""
        return next(kind for kind in DOING if self.way == kind or self.way.startswith(f"{kind} "))


@cache
def patterns() -> tuple[Pattern, ...]:
    """All ways to tell all events."""
    return tuple(_pattern(way, phrase) for way, phrases in EVENTS.items() for phrase in phrases)


def _pattern(way: str, phrase: str) -> Pattern:
    parts = list(tokens(re.sub(r"[\[\]]", "", phrase).rstrip(". ")))
    literals = [value.lower() for sort, value, _ in parts if sort == "literal"]
    words = tuple(word for literal in literals for word in re.findall(r"[\w-]+", literal))
    regex = re.compile("".join(_pieces(parts)) + r"(?!\w)", re.IGNORECASE)
    return Pattern(way, max(literals, key=len), words, regex)


def _pieces(parts: list[tuple[str, str, str]]) -> Iterator[str]:
    """One thing is caught, the first; it may be spoken of again."""
    caught = False
    for sort, value, _ in parts:
        if sort == "literal":
            yield re.escape(value)
        elif sort == "slot":
            piece = SLOTS[value]
            yield piece.replace("?P<thing>", "?:") if caught else piece
            caught = caught or "?P<thing>" in piece
