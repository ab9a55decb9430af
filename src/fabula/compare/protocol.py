"""Which numbers of two evaluations may be subtracted: they must speak of the same frames, made ready alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fabula.metrics import MEASURES, distances, seen

SEEN = frozenset((*seen.MEASURES, *distances.MEASURES))  # measures in the space of a scorer
PICTURES = ("picture_size", "fit", "equalise")
ALIKE = {  # what must be equal in two protocols before numbers of a subject, or of a measure, may be subtracted
    "picture": (*PICTURES, "content"),
    "caption": ("caption_length",),
    "caption.perplexity": ("caption_length", "tokenizer"),
}
ALL = (*PICTURES, "caption_length", "content")  # for a comparison of all measures, whatever they speak of
SPOKEN_OF = (*ALL, "context", "tokenizer", "vocabulary", "truncated", "unknown", "model", "weights")  # or follow


def refusal(measure: str, mine: Mapping[str, Any], other: Mapping[str, Any]) -> str | None:
    """Why a measure of two evaluations (`scores.json`) must not be subtracted; None where it may."""
    keys = ALIKE.get(measure) or ALIKE.get(measure.split(".")[0], ALL)
    return next(_differing(keys, mine, other), None) or of_two_scorers(mine, other).get(measure)


def refusals(mine: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """Why two evaluations must not be compared at all; nothing where they may."""
    found = list(_differing(ALL, mine, other))
    found = [why for why in found if not why.startswith("content") or why == found[0]]  # it follows from the others
    again = [scores["protocol"].get("context") == 0 for scores in (mine, other)]
    if again[0] != again[1]:
        found.append("one tells frames of themselves, the other continues stories")
    return found


def without_tokenizer(mine: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """The measures that a different tokenizer takes away."""
    return [name for name in MEASURES if name in ALIKE and list(_differing(("tokenizer",), mine, other))]


def of_two_scorers(mine: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, str]:
    """The measures that another scorer takes away, and why: it is another space, and its numbers are others."""
    here, there = (scores.get("scorer") or {} for scores in (mine, other))
    if here.get("digest") == there.get("digest"):  # of the weights; the name is but that of a folder
        return {}
    why = f"two scorers looked at them, {_of_scorer(here)} here and {_of_scorer(there)} there, and values of two "
    return dict.fromkeys((measure for measure in MEASURES if measure in SEEN), why + "do not compare")


def _of_scorer(scorer: Mapping[str, Any]) -> str:
    """`shipped (92337fca)`"""
    return f"{scorer.get('name')} ({str(scorer.get('digest'))[:8]})" if scorer else "one unknown"


def otherwise(mine: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """What else is different in how they were asked: how captions are written is a choice, and part of the result."""
    here, there = mine["protocol"], other["protocol"]
    keys = [key for key in dict.fromkeys((*here, *there)) if key not in SPOKEN_OF]
    return [key.replace("_", " ") for key in keys if here.get(key) != there.get(key)]


def _differing(keys: tuple[str, ...], mine: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    here, there = ({**scores["protocol"], **{k: scores.get(k) for k in ("data", "split")}} for scores in (mine, other))
    for key in ("data", "split", *keys):
        if here.get(key) != there.get(key):
            yield f"{key.replace('_', ' ')} is {_said(here.get(key))} here and {_said(there.get(key))} there"


def _said(value: Any) -> str:
    return "unknown" if value is None else str(value)
