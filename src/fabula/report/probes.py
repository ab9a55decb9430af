"""A model given a changed context, its picture-text similarity, and whether its state moves at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fabula.report.figures import ABSENT, decimals, shown
from fabula.report.tables import teller_name

CHANGES = {
    "caption.log_loss_word": "captions, nats a word more",
    "picture.mae": "pictures, MAE more",
    "picture.change": "pictures, mean change of a pixel",
}
CONDITIONS = {
    "shuffled": "another story's context",
    "last_frame": "the last frame alone",
    "pictures_only": "pictures alone",
    "captions_only": "captions alone",
    "reversed": "frames in reversed order",
}
PAIRS = {  # cosine of a picture's and a caption's encoding, in the model's own encoders
    "told": "picture-text similarity, told picture and told caption",
    "true": "picture-text similarity of true pairs",
    "shuffled": "picture-text similarity, true picture and another story's caption",
}


@dataclass(frozen=True)
class Probe:
    label: str
    value: str
    interval: str


def probes(scores: Mapping[str, Any]) -> Iterator[Probe]:
    """Of every model that was asked; the name of the model leads where there are several."""
    found = scores.get("probes", {})
    for model, asked in found.items():
        lead = f"{teller_name(model)}, " if len(found) > 1 else ""
        for condition, costs in asked.get("conditions", {}).items():
            said = CONDITIONS.get(condition, condition.replace("_", " "))
            yield from (_change(f"{lead}{said}: {CHANGES[name]}", costs[name]) for name in CHANGES if name in costs)
        for name, entry in asked.get("cross_modal", {}).items():
            yield _change(lead + PAIRS.get(name, name.replace("_", " ")), entry)
        if states := asked.get("states"):
            still = f"{states['still']:,} of {states['units']:,}"
            yield Probe(f"{lead or 'The '}state: units that never move".replace("The state", "State"), still, ABSENT)


def _change(label: str, entry: Mapping[str, Any]) -> Probe:
    numbers = [entry.get(key) for key in ("value", "low", "high")]
    places = max(3, decimals(number for number in numbers if number is not None))
    low, high = (shown(number, places) for number in numbers[1:])
    interval = f"{low} to {high}" if numbers[1] is not None else ABSENT
    return Probe(label[:1].upper() + label[1:], shown(numbers[0], places), interval)
