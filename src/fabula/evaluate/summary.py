"""What stands in `scores.json` of the scores: values, gains over the floors, ways to the ceiling, protocol, costs."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np

from fabula.data.corpus import Split
from fabula.evaluate.asking import kind_of
from fabula.evaluate.ceilings import KIND, add_ways
from fabula.evaluate.closely import clouds
from fabula.evaluate.confusing import confused
from fabula.evaluate.inquiry import Inquiry
from fabula.metrics import MEASURES, OF_THE_TRUTH
from fabula.recipe import Data
from fabula.tokenizer import Tokenizer
from fabula.verdict import best_floor


def summary(inquiry: Inquiry, about: Mapping[str, Any]) -> dict[str, Any]:
    """All tellers with all measures; ceilings after them, on their few windows."""
    with inquiry.found.timed("intervals"):
        tellers = {
            name: {
                "kind": kind_of(teller),
                "metrics": inquiry.found.scores[name].values(inquiry.stories) | clouds(inquiry, name),
            }
            for name, teller in inquiry.tellers.items()
        }
        add_ways(inquiry, tellers)
        for name, scores in inquiry.found.ceilings.items():
            tellers[name] = {"kind": KIND, "metrics": scores.values(inquiry.stories[inquiry.top_rows])}
        truth = inquiry.found.truth.values(inquiry.stories)
    return {
        "data": inquiry.split.store.meta["source"],
        "split": inquiry.split.name,
        "windows": len(inquiry.numbers),
        "stories": len(np.unique(inquiry.stories)),
        "protocol": protocol(inquiry.split, inquiry.tokenizer, inquiry.data) | {"seed": inquiry.seed, **about},
        "scorer": dict(inquiry.scorer.about) if inquiry.scorer else None,
        "tellers": tellers,
        "truth": {"metrics": {name: truth[name] for name in OF_THE_TRUTH if name in truth}},
        "confusions": confused(inquiry, tellers),
        "gains": gains(inquiry, tellers),
        "likeness": inquiry.found.likeness.values() if inquiry.data.context else {},
    }


def gains(inquiry: Inquiry, tellers: Mapping[str, Any]) -> dict[str, Any]:
    """For each model and measure, by how much it is better than the best floor, with a paired interval."""
    best = {measure: floor for measure in MEASURES if (floor := best_floor(tellers, measure))}
    found: dict[str, Any] = {name: {} for name in inquiry.models}
    for name, floor in product(found, dict.fromkeys(best.values())):
        mine = [measure for measure in best if best[measure] == floor]
        paired = inquiry.found.scores[name].gains(inquiry.found.scores[floor], inquiry.stories, only=mine)
        found[name] |= {measure: {"floor": floor, **gain} for measure, gain in paired.items()}
    return found


def protocol(split: Split, tokenizer: Tokenizer, data: Data) -> dict[str, Any]:
    """All that decides what a number of this evaluation means."""
    unknown = tokenizer.unknown
    real = split.captions.ids != tokenizer.pad
    return {
        "context": data.context,
        "picture_size": str(data.picture_size),
        "fit": data.fit,
        "equalise": data.equalise,
        "caption_length": data.caption_length,
        "truncated": float(split.captions.share),
        "tokenizer": tokenizer.digest[:16],
        "vocabulary": tokenizer.size,
        "unknown": 0.0 if unknown is None else float((split.captions.ids == unknown).sum() / max(real.sum(), 1)),
        "content": split.store.key[:16],
    }
