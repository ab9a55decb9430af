"""What each voice of a writer would say alone, and how much of the captions it gave: a row a voice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fabula.report.figures import ABSENT, shown
from fabula.report.tables import Cell, teller_name

NAMES = {
    "mixture": "All together",
    "network": "The network alone",
    "pointer": "The pointer alone",
    "counts": "The counts alone",
}
NATS, CENTS = 2, 1  # decimals


@dataclass(frozen=True)
class Row:
    """A voice: of the words those that it gave and those that it could say, in per cent; the mixture has none."""

    name: str
    nats: Cell
    share: Cell | None
    width: float  # of the share's bar, per cent
    able: Cell | None


@dataclass(frozen=True)
class Voices:
    """Of one model that writes with several voices."""

    model: str  # empty where there is but one
    windows: int
    rows: tuple[Row, ...]


def voices(scores: Mapping[str, Any]) -> list[Voices]:
    """One for every model that writes with several voices; empty where none does."""
    asked = {name: each["voices"] for name, each in scores.get("probes", {}).items() if each.get("voices")}
    return [_voices(name, found, alone=len(asked) == 1) for name, found in asked.items()]


def _voices(model: str, found: Mapping[str, Any], *, alone: bool) -> Voices:
    rows = tuple(_row(name, entries) for name, entries in found.items())
    windows = max(entries["log_loss_word"].get("n", 0) for entries in found.values())
    return Voices("" if alone else teller_name(model).capitalize(), windows, rows)


def _row(name: str, entries: Mapping[str, Mapping[str, Any]]) -> Row:
    share, able = (_cell(entries[part], CENTS, 100) if part in entries else None for part in ("share", "able"))
    width = 100 * float(entries.get("share", {}).get("value") or 0)
    said = NAMES.get(name, name.replace("_", " ").capitalize())
    return Row(said, _cell(entries["log_loss_word"], NATS), share, width, able)


def _cell(entry: Mapping[str, Any], places: int, unit: float = 1) -> Cell:
    value, low, high = (
        None if entry.get(key) is None else unit * float(entry[key]) for key in ("value", "low", "high")
    )
    interval = f"{shown(low, places)} to {shown(high, places)}" if low is not None and high is not None else ""
    return Cell(shown(value, places) if value is not None else ABSENT, interval)
