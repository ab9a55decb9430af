"""What is told to a person when something is wrong."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any


class FabulaError(ValueError):
    """A mistake or a misfortune, told in one line: where, what came, what to do.

    The command line prints it without a traceback and exits with code 2.
    """


def pick(name: Any, choices: Iterable[Any], where: str) -> Any:
    """Return `name` if it is one of `choices`; otherwise say which one was probably meant."""
    choices = list(choices)
    if name in choices:
        return name
    raise FabulaError(f"{where}: {unknown(name, choices)}")


def unknown(name: Any, choices: Iterable[Any]) -> str:
    """The sentence about a name that nobody knows: `unknown 'grru'. Did you mean 'gru'? Choose from: gru, last`."""
    choices = [str(choice) for choice in choices]
    close = difflib.get_close_matches(str(name), choices, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    return f"unknown {name!r}.{hint} Choose from: {', '.join(choices)}"
