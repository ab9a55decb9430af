"""Where the cards of a diagram stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fabula.drawing.diagram.architecture import Architecture
from fabula.drawing.diagram.cards import Card, Placed
from fabula.drawing.diagram.faces import READ, TOLD, faces, notes_join, terms_of

MARGIN, TITLE, LEGEND = 0.35, 0.75, 0.45  # inches around all, for the title above, for the letters beneath
GAP, ROW, CLEAR = 1.12, 0.5, 0.48  # inches between columns, between rows, from a line to a card beneath it
ROWS = ("above", "between", "beneath", "bottom")


@dataclass(frozen=True)
class Plan:
    """Where every card of `faces` stands."""

    cards: dict[str, Placed]
    wide: float
    tall: float
    bus: float  # where the state parts between the decoders
    joins: float | None  # where notes join the state

    @property
    def low(self) -> float:
        """Where the lowest card ends."""
        return max(place.bottom for place in self.cards.values())

    def __getitem__(self, name: str) -> Placed:
        return self.cards[name]


def planned(made: Architecture) -> Plan:
    """Columns from left to right; the slots of a picture above, of words beneath, of notes at the bottom."""
    cards, columns = faces(made), [(gap, names) for gap, names in _columns(made) if names]  # a codec has no encoder
    rows = _rows(made, cards)
    placed: dict[str, Placed] = {}
    left = MARGIN
    for gap, names in columns:
        left += gap
        placed |= {name: Placed(cards[name], left, rows[_row(name, made)]) for name in names}
        left += max(cards[name].wide for name in names)
    low = max(place.bottom for place in placed.values()) + (ROW if made.beside.get("caption_decoder") else 0)
    joins, bus = _joins(made, placed)
    return Plan(placed, left + MARGIN, low + LEGEND + 0.25, bus, joins)


def _columns(made: Architecture) -> Iterator[tuple[float, list[str]]]:
    """The gap before each column and what stands in it."""
    encoders = [slot for slot in READ if slot in made.parts]
    decoders = [slot for slot in TOLD if slot in made.parts]
    yield 0, [f"read {slot}" for slot in encoders]
    yield GAP, [*encoders, *(["encoders"] if terms_of(made, "encoders") else [])]
    if "fusion" in made.parts:
        yield 0.8, ["fusion"]
        yield GAP, ["temporal"]
    more = GAP if notes_join(made) else 0
    yield GAP + 0.35 * (len(decoders) > 1 or bool(more)) + more, decoders
    yield GAP, [f"told {slot}" for slot in decoders]


def _row(name: str, made: Architecture) -> str:
    """Above, beneath, between or bottom. A decoder without another stands between."""
    slot = name.split(" ")[-1]
    if slot in TOLD and not set(TOLD) <= made.parts.keys():
        return "between"
    rows = {"image_encoder": "above", "image_decoder": "above", "text_encoder": "beneath", "caption_decoder": "beneath"}
    return {**rows, "note_encoder": "bottom"}.get(slot, "between")


def _rows(made: Architecture, cards: Mapping[str, Card]) -> dict[str, float]:
    """The middle height of each row."""
    tall = {
        row: max((card.tall for name, card in cards.items() if _row(name, made) == row), default=0.0) for row in ROWS
    }
    line = TITLE + MARGIN + (ROW if made.beside.get("image_decoder") else 0)
    if not {"above", "beneath"} <= {_row(slot, made) for slot in made.parts}:
        return dict.fromkeys(ROWS, line + max(tall.values()) / 2)
    beside = cards["encoders"].tall + ROW if "encoders" in cards else 0
    apart = max((tall["above"] + tall["beneath"]) / 2 + ROW + beside, cards["fusion"].tall + 2 * CLEAR)
    above = line + max(tall["above"] / 2, (tall["between"] - apart) / 2)
    bottom = above + apart + tall["beneath"] / 2 + tall["bottom"] / 2 + ROW
    return {"above": above, "between": above + apart / 2, "beneath": above + apart, "bottom": bottom}


def _joins(made: Architecture, placed: dict[str, Placed]) -> tuple[float | None, float]:
    """Where notes join the state, and where it parts, between the last memory and the decoders."""
    decoders = min(placed[slot].left for slot in TOLD if slot in placed)
    joins = decoders - GAP - 0.45 if notes_join(made) else None
    return joins, decoders - 0.42
