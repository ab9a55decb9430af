"""Tags: where a told caption marks whom it speaks of, whether the markup can be read and speaks of somebody known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from fabula.markup.captions import read_captions
from fabula.markup.repairs import Repairs
from fabula.markup.tokens import TAG
from fabula.metrics.measure import Measure, ratio
from fabula.metrics.told import Column, Told
from fabula.story import Frame

VALID, TAGGED = COLUMNS = ("caption.valid_tags", "caption.tagged")  # windows, each 0 or 1

MEASURES = {
    "caption.tags_valid": Measure(
        "free-running",
        "higher",
        "Of the told captions with tags, the share whose tags are whole, closed, and name what the context knows.",
        (VALID, TAGGED),
        ratio,
    ),
}


def statistics(told: Told) -> dict[str, Column]:
    """The columns of the measure above; none where nothing was written, or nobody knows the contexts."""
    if told.captions is None or not told.known.contexts:
        return {}
    tagged = [TAG.search(caption) is not None for caption in told.captions]
    windows = zip(tagged, told.captions, told.known.contexts, strict=True)
    valid = [has and tags_valid(caption, known_ids(context)) for has, caption, context in windows]
    return {VALID: np.array(valid, np.float64), TAGGED: np.array(tagged, np.float64)}


def tags_valid(caption: str, known: Iterable[str]) -> bool:
    """Whether a caption's tags need no repair (see fabula.markup) and all their ids are known."""
    repairs = Repairs()
    (read,) = read_captions(f"<gdi image1>{caption}</gdi>", 1, repairs)
    return not repairs and {id for mention in read.mentions for id in mention.ids} <= set(known)


def known_ids(context: Sequence[Frame]) -> set[str]:
    """The ids of all entities that a context names or mentions."""
    entities = {entity.id for frame in context for entity in frame.entities}
    return entities.union(*(mention.ids for frame in context for mention in frame.mentions))
