"""The built-in story world as a source: `world`. Nothing is on the disk."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import TYPE_CHECKING

from fabula.data.digests import combined
from fabula.data.source import READING, SPLITS, Source
from fabula.recipe import World
from fabula.story import Size, Story

if TYPE_CHECKING:
    from fabula.recipe import Data

HARD = "hard"  # a split that is only there where it is wished for
SHOWN = Size(120, 250)  # the size of pictures where nobody asks for another


class WorldSource(Source):
    """As many stories of each split as `data.world` says, made when they are asked for."""

    name = "world"
    carvable = False  # a split that it lacks is one that nobody wants

    def __init__(self, data: Data | None = None):
        self.world = data.world if data else World()
        self.splits = tuple(split for split in (*SPLITS, HARD) if getattr(self.world, split))

    def _stories(self, split: str, size: Size | None, places: Container[int] | None) -> Iterator[Story]:
        from fabula.world import make_story, split_stories

        if places is None:
            yield from split_stories(split, self.world.seed, self._count(split), size or SHOWN)
            return
        for index in range(self._count(split)):
            if index in places:
                yield make_story(split, self.world.seed, index, size or SHOWN)

    def _count(self, split: str) -> int:
        return getattr(self.world, split)

    def _ids(self, split: str) -> list[str]:
        from fabula.world.tale import story_id

        return [story_id(split, self.world.seed, index) for index in range(self._count(split))]

    def _digest(self, split: str) -> str:
        from fabula import world

        return combined(READING, world.version, split, self.world.seed, self._count(split))
