"""Nested facts of JSON files as lines of a page: a dotted name and what it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fabula.report.figures import ABSENT, plain, seconds

LONGEST = 400  # characters of one fact

Facts = list[tuple[str, str]]


@dataclass(frozen=True)
class Splits:
    """Facts of several splits side by side: what each row says, a value a split."""

    names: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


def splits(data: Mapping[str, Any]) -> Splits | None:
    """The sections of a run's data facts as columns; None where there are none."""
    held = {name: dict(facts(value)) for name, value in data.items() if isinstance(value, Mapping)}
    labels = dict.fromkeys(label for lines in held.values() for label in lines)
    rows = tuple((label, tuple(lines.get(label, ABSENT) for lines in held.values())) for label in labels)
    return Splits(tuple(held), rows) if held else None


def facts(value: Mapping[str, Any], path: str = "") -> Facts:
    """`{"train": {"stories": 1000}}` -> `[("train, stories", "1,000")]`. Lists of objects are counted, not shown."""
    lines: Facts = []
    for name, held in value.items():
        words = f"{path}, {_words(name)}" if path else _words(name)
        if isinstance(held, Mapping):
            lines += facts(held, words)
        else:
            lines.append((words, _fact(str(name), held)))
    return lines


def _words(name: object) -> str:
    return str(name).replace("_", " ")


def _fact(name: str, held: Any) -> str:
    if isinstance(held, list) and any(isinstance(entry, Mapping | list) for entry in held):
        return f"{len(held)} entries"
    if name.endswith("seconds") and isinstance(held, int | float):
        return seconds(held)
    text = plain(held)
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
