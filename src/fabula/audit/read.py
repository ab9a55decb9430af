"""One reading of a split: what every check asks for, and no picture larger than a thumbnail."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import NamedTuple

import numpy as np

from fabula.audit.finding import EXAMPLES, Where
from fabula.audit.looks import SIDE, Look, look, plain, some_cells
from fabula.data.progress import counted
from fabula.data.source import Source
from fabula.data.store import Store
from fabula.errors import FabulaError
from fabula.images import to_picture
from fabula.markup.repairs import kind_of
from fabula.story import Entity, Frame, Size, Story

Seen = Look | FabulaError | None


@dataclass
class Tally:
    """All are counted, the first few are kept."""

    count: int = 0
    kept: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        self.count += 1
        if len(self.kept) < EXAMPLES:
            self.kept.append(text)


class Gallery(NamedTuple):
    """All pictures of a split, by which they are compared."""

    hashes: np.ndarray  # (N,) uint64
    thumbs: np.ndarray  # uint8 (N, 16, 16, 3)
    cells: np.ndarray  # (N, 48), see `some_cells`
    shows: np.ndarray  # (N,) bool: there is a picture, and something on it


@dataclass
class Read:
    """A split as it was read: S stories, N frames. Grows by about a kilobyte and the caption with each frame.

    A story that cannot be read has no id and no frames, so that the places of the others are those of the source.
    """

    split: str
    ids: list[str] = field(default_factory=list)  # S
    titles: list[str] = field(default_factory=list)  # S
    counts: list[int] = field(default_factory=list)  # S
    captions: list[str] = field(default_factory=list)  # N
    looks: list[Look | None] = field(default_factory=list, repr=False)  # N
    broken: Tally = field(default_factory=Tally)
    absent: Tally = field(default_factory=Tally)
    unreadable: Tally = field(default_factory=Tally)  # stories
    boxes: Tally = field(default_factory=Tally)  # at fault
    box_count: int = 0
    unmentioned: Tally = field(default_factory=Tally)
    entities: int = 0  # of frames whose story mentions any
    repairs: Counter[str] = field(default_factory=Counter)

    @cached_property
    def first(self) -> np.ndarray:
        """(S,) the row of each story's first frame."""
        return np.cumsum([0, *self.counts])[:-1]

    @cached_property
    def story(self) -> np.ndarray:
        """(N,) the place of each frame's story."""
        return np.repeat(np.arange(len(self.counts)), self.counts)

    @cached_property
    def thumbs(self) -> np.ndarray:
        """uint8 (N, 16, 16, 3); black where there is no picture."""
        none = np.zeros((SIDE, SIDE, 3), np.uint8)
        return np.stack([each.thumb if each else none for each in self.looks]) if self.looks else none[None][:0]

    @cached_property
    def seen(self) -> Gallery:
        """The pictures as they are."""
        hashes = np.array([each.hash if each else 0 for each in self.looks], np.uint64)
        return Gallery(hashes, self.thumbs, some_cells(self.thumbs), ~plain(self.thumbs))

    @cached_property
    def mirrored(self) -> Gallery:
        """The pictures as a mirror shows them."""
        hashes = np.array([each.mirror if each else 0 for each in self.looks], np.uint64)
        turned = self.thumbs[:, :, ::-1]
        return Gallery(hashes, turned, some_cells(turned), self.seen.shows)

    def where(self, row: int) -> Where:
        story = int(self.story[row])
        return Where(self.split, self.ids[story], story, int(row - self.first[story]))

    def where_story(self, place: int) -> Where:
        return Where(self.split, self.ids[place], place)

    def note(self, story: Story, pictures: Iterable[Seen]) -> None:
        at = len(self.ids)
        self.ids.append(story.id)
        self.titles.append(story.title)
        self.counts.append(len(story.frames))
        self.repairs.update(map(kind_of, story.repairs))
        for repair in story.repairs:
            if kind_of(repair).startswith("box "):
                self.boxes.note(f"{Where(self.split, story.id, at)}: {repair}")
        mentions = any(frame.mentions for frame in story.frames)
        for number, (frame, seen) in enumerate(zip(story.frames, pictures, strict=True)):
            self._note_frame(frame, seen, Where(self.split, story.id, at, number), mentions)

    def note_unreadable(self, error: FabulaError) -> None:
        self.ids.append("")
        self.titles.append("")
        self.counts.append(0)
        self.unreadable.note(str(error))

    def _note_frame(self, frame: Frame, seen: Seen, where: Where, mentions: bool) -> None:
        self.captions.append(frame.caption)
        self.looks.append(seen if isinstance(seen, Look) else None)
        if seen is None:
            self.absent.note(str(where))
        elif isinstance(seen, FabulaError):
            self.broken.note(f"{where}: {seen}")
        for entity in frame.entities:
            self._note_box(entity, seen, where)
        if mentions:
            self._note_mentions(frame, where)

    def _note_box(self, entity: Entity, seen: Seen, where: Where) -> None:
        if entity.box is None:
            return
        self.box_count += 1
        left, top, right, bottom = entity.box
        height, width = seen.size if isinstance(seen, Look) else (sys.maxsize, sys.maxsize)
        if left >= right or top >= bottom or left < 0 or top < 0 or right > width or bottom > height:
            self.boxes.note(f"{where}: {entity.id} at {left},{top},{right},{bottom} of {height}x{width} pixels")

    def _note_mentions(self, frame: Frame, where: Where) -> None:
        said = {name for mention in frame.mentions for name in mention.ids}
        self.entities += len(frame.entities)
        for entity in frame.entities:
            if entity.id not in said:
                self.unmentioned.note(f"{where}: {entity.id} {entity.name or entity.description}".strip())


def read_split(source: Source, split: str, size: Size | None, limit: int | None) -> Read:
    """Every story (or the first `limit`) of one split, also those that cannot be read; memory holds the pictures of
    one story at a time.
    """
    read = Read(split)
    expected = min(source.count(split), limit or sys.maxsize)
    stories = counted(islice(source.readings(split, size), limit), f"reading {source.name} {split}", expected)
    with ThreadPoolExecutor() as pool:
        for story in stories:
            if isinstance(story, FabulaError):
                read.note_unreadable(story)
            else:
                read.note(story, pool.map(_seen, story.frames))
    return read


def read_store(store: Store, name: str) -> Read:
    """A split as it is decoded for a run: its pictures at the size of the store, all else as it came."""
    read = Read(name)
    stories = counted(store.stories, f"looking at {store.meta['source']} {store.split}", len(store.stories))
    for first, count, story in zip(store.first.tolist(), store.counts.tolist(), stories, strict=True):
        read.note(story, (_stored(store, row) for row in range(first, first + count)))
    return read


def _stored(store: Store, row: int) -> Seen:
    height, width = map(int, store.sizes[row])
    return look(to_picture(store.pictures[row]))._replace(size=(height, width)) if height else None


def _seen(frame: Frame) -> Seen:
    try:
        return None if frame.picture is None else look(frame.picture)
    except FabulaError as error:
        return error
