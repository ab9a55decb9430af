"""The markup of `story` as a row of tokens: text, opening tags, closing tags.

Hand-written on purpose: an HTML parser would take `<gdi image1>` for an element with an attribute.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from fabula.markup.repairs import Repairs, quoted

# A whole tag, or the beginning of one whose '>' is missing (with the ids that follow it).
TAG = re.compile(
    r"<(?P<closes>/?)(?P<name>gd[a-z])"
    r"(?:(?P<ids>(?![a-z0-9_])[^<>]*)(?P<end>>)|(?P<torn>(?:\s+(?:char|obj|lm|bg|image)[0-9]+)*))",
    re.IGNORECASE,
)
_STUB = re.compile(r"</?(?:g|gd)?$", re.IGNORECASE)


class Token(NamedTuple):
    kind: str  # text, open, close
    name: str  # gdi, gdo, gda, gdl, or whatever stood there; of a text "text"
    content: str  # the text, or what stands in the tag after its name


def tokenise(markup: str, repairs: Repairs) -> Iterator[Token]:
    """Texts and tags in order. No text ever holds, nor together with the next text forms, a tag."""
    position = 0
    for match in TAG.finditer(markup):
        yield from _text(markup[position : match.start()], repairs)
        yield _tag(match, repairs)
        position = match.end()
    yield from _text(markup[position:], repairs)


def _text(text: str, repairs: Repairs) -> Iterator[Token]:
    end = _whole(text)
    if end < len(text):
        repairs.note("text dropped: a torn tag", quoted(text[end:].strip()))
        text = text[:end] + (" " if any(map(str.isspace, text[end:])) else "")
    if text:
        yield Token("text", "text", text)


def _whole(text: str) -> int:
    """Where the text ends without the beginnings of tags at its end: `a < </g` ends after `a `."""
    whole = end = len(text)
    while True:
        while end and text[end - 1].isspace():
            end -= 1
        stub = _STUB.search(text, max(end - 4, 0), end)
        if not stub:
            return whole
        whole = end = stub.start()


def _tag(match: re.Match[str], repairs: Repairs) -> Token:
    if not match["end"]:
        repairs.note("tag mended: '>' is missing", quoted(match[0]))
    kind = "close" if match["closes"] else "open"
    return Token(kind, match["name"].lower(), match["ids"] or match["torn"] or "")
