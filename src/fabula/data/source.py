"""What every source of stories offers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Container, Iterator

from fabula.errors import FabulaError, unknown
from fabula.story import Size, Story

READING = "2"  # changes when the same content is read as other stories; part of every digest
ALL = "all"  # the name of the one split of a source that holds no splits
SPLITS = ("train", "validation", "test")  # in the order in which a source names them


class Source(ABC):
    """Stories by split, streamed in an order that never changes."""

    name: str  # as a recipe names it: world, hub:OWNER/NAME, parquet:PATH, jsonl:PATH, folder:PATH
    splits: tuple[str, ...]
    carvable: bool = True  # whether splits that it lacks may be carved out of those that it has
    notes: tuple[str, ...] = ()  # what a person should know: what was carved, dropped or left out

    def stories(self, split: str, size: Size | None = None, places: Container[int] | None = None) -> Iterator[Story]:
        """The stories of a split, or only those at the given places, counted from 0.

        Pictures come at the size they have and are decoded when they are used; `size` is for sources that draw
        their pictures. Errors: FabulaError that names the story (and the frame) that cannot be read.
        """
        return _whole(self.readings(split, size, places))

    def readings(
        self, split: str, size: Size | None = None, places: Container[int] | None = None
    ) -> Iterator[Story | FabulaError]:
        """The same, but in place of a story that cannot be read stands why, and the reading goes on."""
        return self._stories(self._known(split), size, places)

    def count(self, split: str) -> int:
        """How many stories a split has."""
        return self._count(self._known(split))

    def ids(self, split: str) -> list[str]:
        """The ids of a split's stories, in order."""
        return self._ids(self._known(split))

    def digest(self, split: str) -> str:
        """SHA-256 of all that decides what the stories of a split are."""
        return self._digest(self._known(split))

    def _known(self, split: str) -> str:
        if split not in self.splits:
            raise FabulaError(f"{self.name}: split: {unknown(split, self.splits)}")
        return split

    @abstractmethod
    def _stories(
        self, split: str, size: Size | None, places: Container[int] | None
    ) -> Iterator[Story | FabulaError]: ...

    @abstractmethod
    def _count(self, split: str) -> int: ...

    @abstractmethod
    def _ids(self, split: str) -> list[str]: ...

    @abstractmethod
    def _digest(self, split: str) -> str: ...


def tried(read: Callable[..., Story], *given: object) -> Story | FabulaError:
    """What is read, or why it cannot be."""
    try:
        return read(*given)
    except FabulaError as error:
        return error


def _whole(readings: Iterator[Story | FabulaError]) -> Iterator[Story]:
    for reading in readings:
        if isinstance(reading, FabulaError):
            raise reading
        yield reading
