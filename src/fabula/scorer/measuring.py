"""How well a scorer finds true pairs: which caption is this picture's, and which picture this caption's?"""

from __future__ import annotations

from typing import Any

import numpy as np

from fabula.data.store import Store
from fabula.metrics.retrieval import FIRST, Candidates, Ranks, chance, ranked
from fabula.scorer.pairing import PairScorer


def retrieval_of_pairs(scorer: PairScorer, store: Store) -> dict[str, Any]:
    """`picture_to_caption` and `caption_to_picture` over all frames of a split that have both, beside `chance`.

    Each in the split and in the frame's own story: `r1`, `r5`, `r10` as shares, `median_rank`, mean `percentile`.
    """
    told = np.array([caption.strip() != "" for caption in store.captions], dtype=bool)
    rows = np.flatnonzero(store.sizes.any(1) & told)
    stories = np.repeat(np.arange(len(store.counts)), store.counts)[rows]
    pictures = scorer.embed_pictures(store.pictures[rows])
    captions = scorer.embed_captions([store.captions[row] for row in rows])
    return {
        "frames": len(rows),
        "stories": len(np.unique(stories)),
        "picture_to_caption": _both(pictures, Candidates(captions, stories)),
        "caption_to_picture": _both(captions, Candidates(pictures, stories)),
        "chance": chance(len(rows)),
    }


def _both(told: np.ndarray, candidates: Candidates) -> dict[str, Any]:
    split, story = ranked(told, candidates, np.arange(len(told)))
    return {"split": _summed(split), "story": _summed(story)}


def _summed(ranks: Ranks) -> dict[str, float]:
    shares = {f"r{first}": float(ranks.within(first).mean()) for first in FIRST}
    more = {"median_rank": float(np.median(ranks.rank)), "percentile": float(np.nanmean(ranks.percentile))}
    return {name: round(value, 4) for name, value in (shares | more).items()}
