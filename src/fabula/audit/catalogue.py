"""All questions of an audit: those about two splits, and those about each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

from fabula.audit.broken_pictures import broken_pictures
from fabula.audit.finding import Finding
from fabula.audit.near_pictures import near_pictures
from fabula.audit.neighbours import neighbours
from fabula.audit.new_names import new_names
from fabula.audit.read import Read
from fabula.audit.same_captions import same_captions
from fabula.audit.same_stories import same_stories
from fabula.audit.shared_runs import shared_runs
from fabula.audit.short_stories import short_stories
from fabula.audit.weak_captions import weak_captions
from fabula.audit.wrong_boxes import unmentioned, wrong_boxes

BETWEEN: tuple[Callable[[Read, Read], Iterator[Finding]], ...] = (
    near_pictures,
    same_captions,
    shared_runs,
    same_stories,
    neighbours,
)
WITHIN: tuple[Callable[[Read, int], Iterator[Finding]], ...] = (
    broken_pictures,
    weak_captions,
    short_stories,
    wrong_boxes,
    unmentioned,
    new_names,
)


def findings(reads: Sequence[Read], context: int) -> Iterator[Finding]:
    """The answers for every pair of splits, the earlier one first, then for every split."""
    for one, other in combinations(reads, 2):
        for question in BETWEEN:
            yield from question(one, other)
    for read in reads:
        for question in WITHIN:
            yield from question(read, context)
