"""Read a source once, story by story, and note what its facts are made of."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice

from fabula.data.decode import picture_digest
from fabula.data.progress import counted
from fabula.data.source import Source
from fabula.errors import FabulaError
from fabula.images import to_rgb
from fabula.markup import count_repairs
from fabula.story import Frame, Size, Story

Watch = Callable[[str, int, Story], None]  # split, place in the split, story
Seen = tuple[tuple[int, int], bytes] | FabulaError | None  # height and width, digest of the pixels


@dataclass
class Survey:
    """What one reading of a split leaves behind: numbers and captions, no pictures."""

    split: str
    ids: list[str] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)  # height, width
    pictures: dict[bytes, list[str]] = field(default_factory=dict)  # pixel digest -> where it stands
    unreadable: list[str] = field(default_factory=list)
    absent: int = 0  # frames without a picture
    plain: int = 0  # pictures of a single colour
    licences: Counter[str] = field(default_factory=Counter)  # stories
    sources: Counter[str] = field(default_factory=Counter)  # stories
    repairs: Counter[str] = field(default_factory=Counter)  # kind -> times
    mended: int = 0  # stories with a repair
    entities: Counter[str] = field(default_factory=Counter)  # kind -> times named in a frame's tables
    boxes: int = 0
    mentions: int = 0
    reasons: int = 0  # frames with the third text
    descriptions: int = 0

    def note(self, story: Story, pictures: Iterable[Seen]) -> None:
        self.ids.append(story.id)
        self.counts.append(len(story.frames))
        self.licences[story.licence or "not given"] += 1
        self.sources[story.source or "not given"] += 1
        self.repairs += count_repairs(story.repairs)
        self.mended += bool(story.repairs)
        for number, (frame, picture) in enumerate(zip(story.frames, pictures, strict=True), start=1):
            self._note_frame(frame)
            self._note_picture(picture, f"story {story.id}, frame {frame.number or number}")

    def _note_frame(self, frame: Frame) -> None:
        self.captions.append(frame.caption)
        self.entities.update(entity.kind for entity in frame.entities)
        self.boxes += sum(entity.box is not None for entity in frame.entities)
        self.mentions += len(frame.mentions)
        self.reasons += bool(frame.reason)
        self.descriptions += bool(frame.description)

    def _note_picture(self, picture: Seen, where: str) -> None:
        if picture is None:
            self.absent += 1
        elif isinstance(picture, FabulaError):
            self.unreadable.append(f"{where}: {picture}")
        else:
            size, digest = picture
            self.sizes[size] += 1
            if any(digest):
                self.pictures.setdefault(digest, []).append(where)
            else:
                self.plain += 1


def survey(source: Source, split: str, size: Size | None, watch: Watch, limit: int | None = None) -> Survey:
    """Every story (or the first `limit`) of one split; `watch` is shown each as it passes."""
    found = Survey(split)
    expected = min(source.count(split), limit or sys.maxsize)
    stories = counted(islice(source.stories(split, size), limit), f"reading {source.name} {split}", expected)
    with ThreadPoolExecutor() as pool:
        for place, story in enumerate(stories):
            found.note(story, pool.map(_look, story.frames))
            watch(split, place, story)
    return found


def _look(frame: Frame) -> Seen:
    if frame.picture is None:
        return None
    try:
        rgb = to_rgb(frame.picture)
    except FabulaError as error:
        return error
    return (rgb.height, rgb.width), picture_digest(rgb)
