"""Splits that do not leak: validation carved out of train in blocks, and the check that no story stands on two sides.

Ids are sorted by film in StoryReasoning, so neighbouring ids are neighbours in a film. Validation is therefore taken in
a few contiguous blocks of the sorted ids, and at each border of a block a band of train stories, the guard, is dropped.
Nothing is drawn by chance: the same ids give the same splits.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from fabula.data.digests import combined
from fabula.data.source import ALL, SPLITS, Source
from fabula.errors import FabulaError
from fabula.story import Size, Story

CARVING = "1"  # changes when the same ids are carved in another way
FEWEST = 10  # stories that a split must have to be carved
SHARE = 10  # one story in so many is carved out
BLOCK = 90  # stories of a block, about
MOST_BLOCKS, MOST_GUARD = 4, 16


class Carved(NamedTuple):
    """Places of stories in the split that was carved."""

    kept: tuple[int, ...]
    carved: tuple[int, ...]
    guard: tuple[int, ...]  # dropped neighbours


def carve(ids: list[str], where: str) -> Carved:
    """A tenth of the stories, in one to four blocks spread evenly over the sorted ids, with a guard at each border.

    The guard is a 200th of the stories on either side of each block, at least 1 and at most 16.
    Errors: FabulaError where there are fewer than 10 stories.
    """
    if len(ids) < FEWEST:
        raise FabulaError(f"{where}: {len(ids)} stories are too few to carve a split out of them (at least {FEWEST})")
    order = sorted(range(len(ids)), key=lambda place: (natural(ids[place]), place))
    blocks = min(MOST_BLOCKS, max(1, len(ids) // SHARE // BLOCK))
    guard = min(MOST_GUARD, max(1, len(ids) // 200))
    roles = ["kept"] * len(ids)
    for block in range(blocks):
        size = len(ids) // SHARE * (block + 1) // blocks - len(ids) // SHARE * block // blocks
        start = len(ids) * (2 * block + 1) // (2 * blocks) - size // 2
        roles[start - guard : start + size + guard] = ["guard"] * guard + ["carved"] * size + ["guard"] * guard
    assert len(roles) == len(ids)
    return Carved(*(tuple(sorted(order[i] for i, role in enumerate(roles) if role == name)) for name in Carved._fields))


def natural(name: str) -> list[tuple[int, int, str]]:
    """Sorts `9` before `10`, and `a9` before `a10`."""
    parts = re.findall(r"[0-9]+|[^0-9]+", name)
    return [(0, len(part.lstrip("0")), part.lstrip("0")) if part[0] in "0123456789" else (1, 0, part) for part in parts]


def with_validation(source: Source) -> Source:
    """The source itself, unless it has `train` and `test` alone: then with `validation` carved out of `train`.

    A train split of fewer than 10 stories stays whole.
    """
    lacks = source.carvable and source.splits == ("train", "test") and source.count("train") >= FEWEST
    return Resplit(source, "train", ("validation",)) if lacks else source


def for_training(source: Source) -> Source:
    """The source with `train`, `validation` and `test`: what it has not is carved out of `train`, or of `all`.

    Evaluation and inspection take a source as it is: one that holds no splits is evaluated whole.
    Errors: FabulaError where there is nothing to carve from, or too little.
    """
    missing = tuple(split for split in ("test", "validation") if split not in source.splits)
    whole = "train" if "train" in source.splits else ALL
    if whole not in source.splits:
        raise FabulaError(f"{source.name}: no split 'train' to learn from; it has {', '.join(source.splits)}")
    return Resplit(source, whole, missing) if missing and source.carvable else source


@dataclass
class Resplit(Source):
    """A source with some splits carved out of another, one after the other."""

    inner: Source
    whole: str  # train or all
    carve_out: tuple[str, ...]

    def __post_init__(self) -> None:
        self.name = self.inner.name
        there = {*self.inner.splits, *self.carve_out, "train"} - {ALL}
        self.splits = tuple(split for split in SPLITS if split in there)
        self.notes = (*self.inner.notes, *self._told())

    @cached_property
    def places(self) -> dict[str, frozenset[int]]:
        """Which stories of the whole each new split has."""
        ids = self.inner.ids(self.whole)
        left = list(range(len(ids)))
        places: dict[str, frozenset[int]] = {}
        for split in self.carve_out:
            parts = carve([ids[place] for place in left], f"{self.name}: split {self.whole!r}")
            places[split] = frozenset(left[place] for place in parts.carved)
            left = [left[place] for place in parts.kept]
        return {**places, "train": frozenset(left)}

    def _told(self) -> list[str]:
        counts = {split: len(places) for split, places in self.places.items()}
        guard = self.inner.count(self.whole) - sum(counts.values())
        told = " and ".join(f"{split} ({counts[split]:,} stories)" for split in self.carve_out)
        left = f"{counts['train']:,} stay in train"
        return [
            f"{told} carved out of {self.whole} in blocks of neighbouring ids; {left}, {guard:,} at the borders dropped"
        ]

    def _stories(self, split: str, size: Size | None, places: Container[int] | None) -> Iterator[Story | FabulaError]:
        if split not in self.places:
            return self.inner.readings(split, size, places)
        chosen = sorted(self.places[split])
        wanted = frozenset(place for at, place in enumerate(chosen) if places is None or at in places)
        return self.inner.readings(self.whole, size, wanted)

    def _count(self, split: str) -> int:
        return len(self.places[split]) if split in self.places else self.inner.count(split)

    def _ids(self, split: str) -> list[str]:
        if split not in self.places:
            return self.inner.ids(split)
        ids = self.inner.ids(self.whole)
        return [ids[place] for place in sorted(self.places[split])]

    def _digest(self, split: str) -> str:
        if split not in self.places:
            return self.inner.digest(split)
        return combined("carved", CARVING, self.inner.digest(self.whole), split, *self.carve_out)


def split_ids(source: Source) -> dict[str, list[str]]:
    """The ids of every split's stories."""
    return {split: source.ids(split) for split in source.splits}


Row = tuple[
    str, int, bytes | str | None
]  # story id, frame number, digest of the picture's pixels; None: do not compare


def check_leaks(rows_by_split: Mapping[str, Iterable[Row]], where: str = "data") -> None:
    """Nothing stands on two sides: no story id, no picture.

    The digest is that of decoded pixels at their own size: it also finds a picture that was stored again without loss
    or with other metadata, and costs nothing where pictures are decoded anyway. A picture without content (a black
    frame) is no leak: give it None. Errors: FabulaError that names both stories, and how many more there are.
    """
    stories: dict[str, str] = {}
    pictures: dict[bytes | str, tuple[str, str, int]] = {}
    found: list[str] = []
    for split, rows in rows_by_split.items():
        met: set[str] = set()
        for story, number, picture in rows:
            if story not in met and stories.setdefault(story, split) != split:
                found.append(f"story {story!r} stands in {stories[story]} and in {split}")
            met.add(story)
            first = pictures.setdefault(picture, (split, story, number)) if picture else (split, story, number)
            if first[0] != split:
                one, other = (
                    f"{first[0]} story {first[1]!r} frame {first[2]}",
                    f"{split} story {story!r} frame {number}",
                )
                found.append(f"{one} and {other} are the same picture")
    if found:
        more = f" (and {len(found) - 1:,} more)" if len(found) > 1 else ""
        raise FabulaError(f"{where}: splits leak: {found[0]}{more}; leave it out on one side")
