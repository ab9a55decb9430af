"""Who takes part, by the part and not by the name: names are each story's own, so they are held against the context."""

from __future__ import annotations

ONE, TWO, NEW = "one of the cast", "two of the cast", "someone new"  # true parts: the cast are those of the context
SOME, OTHER, STRANGER = "only one of two", "another of the cast", "a stranger"  # mistakes
PARTS, MISTAKES = (ONE, TWO, NEW), (SOME, OTHER, STRANGER)


def part(true: str, cast: frozenset[str]) -> str:
    """The part of who truly takes part, `Ada and Otto`: someone new where one of them is not of the cast."""
    names = _names(true)
    return NEW if names - cast else TWO if len(names) > 1 else ONE


def told_part(told: str, true: str, cast: frozenset[str]) -> str:
    """The same where the names are right; else the worst mistake: a stranger is neither there nor of the cast."""
    said, names = _names(told), _names(true)
    if said == names:
        return part(true, cast)
    if said - names - cast:
        return STRANGER
    return SOME if said < names else OTHER


def _names(answer: str) -> frozenset[str]:
    return frozenset(answer.split(" and "))
