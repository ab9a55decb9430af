"""All questions of an audit: those about two splits, and those about each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
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
from fabula.floors.progress import Progress, silent

BETWEEN: Mapping[str, Callable[[Read, Read], Iterator[Finding]]] = {
    "pictures that are the same": near_pictures,
    "captions that are the same": same_captions,
    "captions told again": shared_runs,
    "stories that are the same": same_stories,
    "neighbours in a film": neighbours,
}
WITHIN: Mapping[str, Callable[[Read, int], Iterator[Finding]]] = {
    "what cannot be read": broken_pictures,
    "captions that say nothing": weak_captions,
    "short stories": short_stories,
    "wrong boxes": wrong_boxes,
    "entities without mention": unmentioned,
    "names only in targets": new_names,
}


def findings(reads: Sequence[Read], context: int, progress: Progress = silent) -> Iterator[Finding]:
    """The answers for every pair of splits, the earlier one first, then for every split."""
    pairs = list(combinations(reads, 2))
    leaks = 0
    with progress("looking for", len(pairs) * len(BETWEEN) + len(reads) * len(WITHIN)) as advance:
        for one, other in pairs:
            for name, question in BETWEEN.items():
                advance(0, f"{name}, {one.split} / {other.split}; {leaks} leaks so far")
                found = list(question(one, other))
                leaks += sum(each.leaks for each in found)
                yield from found
                advance(1)
        for read in reads:
            for name, answers in WITHIN.items():
                advance(0, f"{name}, {read.split}; {leaks} leaks so far")
                yield from answers(read, context)
                advance(1)
