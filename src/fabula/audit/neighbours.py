"""Stories with neighbouring ids on two sides of a split: in StoryReasoning, neighbours in one film.

Its ids are numbers sorted by film. A split that draws stories by chance leaves most test stories with a train story
of the same film next door, with its cast, its places and its light. Numbers alone prove nothing, so the audit looks:
are neighbours more alike than others?
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from fabula.audit.finding import EXAMPLES, Example, Finding, Side
from fabula.audit.read import Read

NUMBERED = re.compile(r"(.*?)([0-9]{1,18})([^0-9]*)", re.DOTALL)
SIGMAS = 3.0
REMEDY = (
    "Split in blocks of neighbouring ids with a gap at each border: put all stories into one file without splits, "
    "and Fabula carves validation and test in this way."
)


def neighbours(one: Read, other: Read) -> Iterator[Finding]:
    """Leak: ids that differ by one, where these stories look more alike than others do; else a note."""
    pairs = next_door(one.ids, other.ids)
    rank, sure = likeness(one, other, pairs)
    alike = f" Their colours are nearer to each other than to {rank:.0%} of the others (50% by chance)." if sure else ""
    yield Finding(
        name="neighbouring ids",
        severity="leak" if sure else "note",
        splits=(one.split, other.split),
        count=len({later for _, later in pairs}),
        of=len(other.ids),
        what=f"stories of {other.split}",
        about=f"The story before or after it, by number, is in {one.split}."
        + (alike or " They look no more alike than others, so the numbers may mean nothing."),
        remedy=REMEDY if sure else "",
        examples=[_example(one, other, *pair) for pair in pairs[:EXAMPLES]],
    )


def next_door(ours: list[str], theirs: list[str]) -> list[tuple[int, int]]:
    """Places of stories whose ids are equal but for the last number, which differs by one."""
    known = {key: place for place, key in enumerate(map(_numbered, ours)) if key}
    pairs = []
    for place, (before, number, after) in ((place, key) for place, key in enumerate(map(_numbered, theirs)) if key):
        near = ((before, number + step, after) for step in (-1, 1))
        pairs += [(known[key], place) for key in near if key in known]
    return pairs


def _numbered(name: str) -> tuple[str, int, str] | None:
    match = NUMBERED.fullmatch(name)
    return (match[1], int(match[2]), match[3]) if match else None


def likeness(one: Read, other: Read, pairs: list[tuple[int, int]]) -> tuple[float, bool]:
    """The share of stories that are farther from a story than its neighbour is, mean over pairs; and whether that is
    more than chance, which gives one half with a standard deviation of 1 / sqrt(12 n): by three of these.
    """
    if not pairs:
        return 0.5, False
    ours, theirs = _colours(one), _colours(other)
    ranks = []
    for earlier, later in pairs:
        far = np.abs(ours - theirs[later]).mean(1)
        ranks.append(float(((far > far[earlier]).sum() + (far == far[earlier]).sum() / 2) / len(far)))
    mean = float(np.nanmean(ranks))
    return mean, mean - 0.5 > SIGMAS / np.sqrt(12 * len(ranks))


def _colours(read: Read) -> np.ndarray:
    """(S, 768) the mean thumbnail of each story."""
    flat = read.thumbs.reshape(len(read.captions), -1)
    kept = [flat[first : first + count] for first, count in zip(read.first, read.counts, strict=True)]
    return np.stack([each.mean(0, dtype=np.float32) if len(each) else np.zeros(flat.shape[1]) for each in kept])


def _example(one: Read, other: Read, earlier: int, later: int) -> Example:
    both = [(read, int(read.first[place])) for read, place in ((other, later), (one, earlier)) if read.counts[place]]
    sides = tuple(Side(read.where(row), read.captions[row]) for read, row in both)
    return Example(f"{other.where_story(later)} beside {one.where_story(earlier)}", sides)
