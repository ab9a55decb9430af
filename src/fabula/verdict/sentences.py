"""The verdict: sentences for people. What is alarming first, then how far it has gone, and what it uses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fabula.verdict.diseases import diseases
from fabula.verdict.standing import against_floors, best_floors, ways
from fabula.verdict.uses import uses

LARGE_CUT = 0.05  # share of captions that were truncated worth a warning
AGAIN = "each frame is told of itself, which it has seen: these are reconstructions, and no story is continued."


def verdict(scores: Mapping[str, Any]) -> list[str]:
    """Of each model; of the floors where there is no model; then what must be known of the data."""
    tellers = scores["tellers"]
    models = [name for name, teller in tellers.items() if teller["kind"] == "model"]
    said = [sentence for name in models for sentence in _of_model(scores, name)]
    if not models:
        said = [f"No model here: {best_floors(tellers)}."]
    return said + cautions(scores)


def _of_model(scores: Mapping[str, Any], name: str) -> list[str]:
    found = diseases(scores, name)
    health = [] if found else [f"{name}: {_healthy(scores['windows'])}"]
    known = [] if scores.get("protocol", {}).get("context", 1) else [f"{name}: {AGAIN}"]
    named = [f"{name}: {sentence}" for sentence in found.values()]
    return known + named + ways(scores, name) + uses(scores, name) + against_floors(scores, name) + health


def _healthy(windows: int) -> str:
    if windows < 2:
        return "one window alone cannot show whether what it tells varies with the input."
    return "no sign of collapse: what it tells varies with the input."


def cautions(scores: Mapping[str, Any]) -> list[str]:
    """What a reader must know of the data before a number is believed."""
    protocol = scores.get("protocol", {})
    said = []
    if protocol.get("truncated", 0) > LARGE_CUT:
        length = protocol.get("caption_length")
        said.append(f"{protocol['truncated']:.1%} of the captions are longer than {length} tokens and were scored cut.")
    if protocol.get("unknown", 0) > 0:
        said.append(
            f"{protocol['unknown']:.2%} of the tokens are unknown to this tokenizer and scored as one word: "
            "perplexities flatter it; a byte-level tokenizer knows all."
        )
    return said
