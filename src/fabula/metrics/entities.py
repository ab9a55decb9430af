"""Names: which of those that its context knows a told caption copies, and which it invents.

A name is counted by its words, each once a caption. The context's names are those of its characters; where its source
names nobody, the words that its captions write with a capital inside a sentence. A word that the context's captions
write small as well, as the first of "The Queen", is no name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from fabula.metrics.measure import Better, Measure, Sums, ratio
from fabula.metrics.told import Column, Told
from fabula.metrics.words import written
from fabula.story import Frame

RIGHT, TOLD, TRUE, NEW = COLUMNS = (
    "caption.names_right",  # known to the context, told, and true
    "caption.names_told",  # known to the context or invented
    "caption.names_true",  # known to the context, and in the true caption
    "caption.names_new",  # invented: told, and neither the context nor the true caption has them
)
INSIDE = re.compile(r"(?<=[\w,;])[^\S\r\n]+([^\W_]+)")  # a word after a word or a comma: no sentence begins with it


def f1(right: Sums, told: Sums, true: Sums) -> Sums:
    """The harmonic mean of right / told and right / true."""
    return 2 * right / (told + true)


def _measure(better: Better, means: str, *reads: str) -> Measure:
    return Measure("free-running", better, means, reads, ratio if len(reads) == 2 else f1)


MEASURES = {
    "caption.names_precision": _measure(
        "higher", "Of the names told, the share that the context knows and the true caption has too.", RIGHT, TOLD
    ),
    "caption.names_recall": _measure(
        "higher", "Of the names in the true captions that the context knows, the share told.", RIGHT, TRUE
    ),
    "caption.names_f1": _measure("higher", "Harmonic mean of the two.", RIGHT, TOLD, TRUE),
    "caption.names_invented": _measure(
        "lower", "Of the names told, the share that neither the context nor the true caption has.", NEW, TOLD
    ),
}


def statistics(told: Told) -> dict[str, Column]:
    """The columns of the measures above; none where nothing was written, or nobody knows the contexts.

    A name that the true caption has and the context does not know counts nowhere: nobody could copy it.
    """
    if told.captions is None or not told.known.contexts:
        return {}
    windows = zip(told.captions, told.true_captions, told.known.contexts, strict=True)
    counts = np.array([_counts(*window) for window in windows], np.float64)
    return dict(zip(COLUMNS, counts.reshape(-1, len(COLUMNS)).T, strict=True))


def _counts(told: str, true: str, context: Sequence[Frame]) -> tuple[int, int, int, int]:
    known = names(context)
    mine, theirs = said(known, told), said(known, true)
    new = unheard(context, told) - _words(true)
    return len(mine & theirs), len(mine) + len(new), len(theirs), len(new)


def told_names(context: Sequence[Frame], caption: str) -> tuple[frozenset[str], frozenset[str]]:
    """The words of names in a caption that the context knows, and those that none of its captions has.

    A new name that stands where a sentence begins is not seen.
    """
    known = names(context)
    heard = known.union(*(_words(frame.caption) for frame in context))
    return said(known, caption), _capitals(caption) - heard


def names(context: Sequence[Frame]) -> frozenset[str]:
    """The words of all names that a context knows, as they are written."""
    people = [entity.name for frame in context for entity in frame.entities if entity.kind == "character"]
    found = frozenset(word for name in people for word in written(name) if _may_name(word))
    found = found or frozenset().union(*(_capitals(frame.caption) for frame in context))
    small = frozenset().union(*(_words(frame.caption) for frame in context))
    return frozenset(word for word in found if not _has_case(word) or word.lower() not in small)


def said(known: frozenset[str], text: str) -> frozenset[str]:
    """Those of the words that stand in a text; in a script without capitals, inside other words too."""
    return frozenset(word for word in known if word in _words(text) or (not _has_case(word) and word in text))


def unheard(context: Sequence[Frame], text: str) -> frozenset[str]:
    """The words of a text that are written as names, and that a context neither knows as names nor has said."""
    return _capitals(text) - names(context).union(*(_words(frame.caption) for frame in context))


@lru_cache(maxsize=4096)  # neighbouring windows share their captions, and all tellers the true ones
def _words(text: str) -> frozenset[str]:
    return frozenset(written(text))


@lru_cache(maxsize=4096)
def _capitals(text: str) -> frozenset[str]:
    """The words with a capital inside a sentence; neither "I" nor a word all in capitals."""
    return frozenset(word for word in INSIDE.findall(text) if _begins_large(word))


def _may_name(word: str) -> bool:
    return _begins_large(word) if _has_case(word) else word.isalpha()


def _begins_large(word: str) -> bool:
    return word[0] != word[0].lower() and not word.isupper()


def _has_case(word: str) -> bool:
    return word.lower() != word.upper()
