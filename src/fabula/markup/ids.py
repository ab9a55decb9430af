"""The ids of entities: `char1`, `obj2`, `lm3`, `bg4`, and what kind each is."""

from __future__ import annotations

import re

KINDS = {"char": "character", "obj": "object", "lm": "landmark", "bg": "background"}
ID = re.compile(r"(?<![A-Za-z0-9_])(char|obj|lm|bg)([0-9]+)(?![A-Za-z0-9_])", re.IGNORECASE)
_REST = re.compile(r"[^\w]+")


def find_ids(text: str) -> tuple[str, ...]:
    """All ids in a text, in lower case, each once, in order."""
    return tuple(dict.fromkeys(match[0].lower() for match in ID.finditer(text)))


def not_ids(text: str) -> list[str]:
    """The words of a tag that are no ids."""
    return [word for word in _REST.split(ID.sub(" ", text)) if word]


def is_id(text: str) -> bool:
    return ID.fullmatch(text) is not None and text == text.lower()


def kind_of_id(name: str) -> str:
    """`bg2` -> `background`."""
    return KINDS[name.rstrip("0123456789")]


def order(name: str) -> tuple[int, int, str]:
    """Sorts ids: characters, objects, landmarks, backgrounds, each by number."""
    letters = name.rstrip("0123456789")
    digits = name[len(letters) :].lstrip("0")
    return list(KINDS).index(letters), len(digits), digits + name
