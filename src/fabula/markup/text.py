"""Plain text: no control characters, and where asked no runs of spaces."""

from __future__ import annotations

import re

# Lone surrogates, too, which cannot be written as UTF-8.
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]")
_BREAKS = re.compile("[\x0b\x0c\x1c-\x1f\x85]")


def clean(text: str) -> tuple[str, int]:
    """The text without control characters, and how many were taken out.

    Tab and line breaks stay (CR LF and CR become LF); the rarer breaks (form feed and the like) become a space.
    """
    text, unseen = _UNSEEN.subn("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text, breaks = _BREAKS.subn(" ", text)
    return text, unseen + breaks


def squeeze(text: str) -> str:
    """Every run of white space as one space, none at either end."""
    return " ".join(text.split())
