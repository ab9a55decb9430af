"""What a model uses of its context, in words: from what it loses when a part of the context is changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fabula.verdict.entries import LEAST_ERROR, LEAST_NATS, Metrics, between, listed, nothing, signed, worthless

WITHOUT = {  # condition -> what it takes away
    "pictures_only": "the captions given",
    "captions_only": "the pictures given",
    "last_frame": "frames before the last",
    "reversed": "the order of frames",
}
NATS, ERROR = "caption.log_loss_word", "picture.mae"
LEAST = {NATS: LEAST_NATS, ERROR: LEAST_ERROR}  # what is worth less is next to nothing, though it be beyond doubt
PARTS = (("captions", NATS, " nats a word"), ("pictures", ERROR, " of error"))


def uses(scores: Mapping[str, Any], name: str) -> list[str]:
    """What a shuffled context costs, where it costs something; and that it does not where pictures merely differ."""
    conditions = scores.get("probes", {}).get(name, {}).get("conditions", {})
    shuffled = conditions.get("shuffled", {})
    captions, pictures = shuffled.get(NATS), shuffled.get(ERROR)
    parts, said = [], []
    if captions is not None and not _no_use(captions, NATS):
        parts.append(f"{signed(captions)} nats a word for captions{between(captions)}")
    if pictures is not None and not _no_use(pictures, ERROR):
        parts.append(f"{signed(pictures)} of picture error{between(pictures)}")
    if captions is not None and nothing(captions) and not worthless(captions, LEAST_NATS):
        said.append(
            f"whether {name}'s captions use the context cannot be told from so few windows: another story's context "
            f"costs {signed(captions)} nats a word{between(captions)}."
        )
    if parts:
        said.append(f"{name} uses the context: another story's context costs {' and '.join(parts)}.")
    if pictures is not None and nothing(pictures) and shuffled["picture.change"]["value"] > 0:
        said.append(
            f"{name} paints another picture in another context, but the right context makes it no truer: "
            f"{signed(pictures)} of picture error{between(pictures)}."
        )
    return said + [sentence for subject in PARTS if (sentence := _parts_used(conditions, name, *subject))]


def _parts_used(conditions: Mapping[str, Metrics], name: str, subject: str, measure: str, unit: str) -> str | None:
    """Which parts of the context a teller uses for its captions or its pictures, and of which no use can be shown."""
    costs = {part: conditions.get(condition, {}).get(measure) for condition, part in WITHOUT.items()}
    known = {part: cost for part, cost in costs.items() if cost is not None}
    if not known or _no_use(conditions.get("shuffled", {}).get(measure, {"value": 0}), measure):
        return None
    used = [f"{part} ({signed(cost)}{unit} without)" for part, cost in known.items() if not _no_use(cost, measure)]
    idle = [part for part, cost in known.items() if _no_use(cost, measure)]
    said = [f"use {listed(used)}"] if used else []
    said += [f"no use of {listed(idle)} can be shown"] if idle else []
    return f"{name}'s {subject}: {'; '.join(said)}."


def _no_use(cost: Mapping[str, Any], measure: str) -> bool:
    """Whether a context costs nothing, or next to nothing."""
    return nothing(cost) or worthless(cost, LEAST[measure])
