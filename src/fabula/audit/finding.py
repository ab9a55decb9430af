"""What an audit says: one finding for each question, with its count and the places that show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

Severity = Literal["leak", "fault", "note"]
EXAMPLES = 20  # written out for each finding; all are counted


class Where(NamedTuple):
    """A frame in its split: `train story 7, frame 2`. Without a number it is the whole story."""

    split: str
    story: str  # its id
    place: int  # of the story in the split, from 0
    frame: int | None = None  # within the story, from 0

    def __str__(self) -> str:
        return f"{self.split} story {self.story}" + ("" if self.frame is None else f", frame {self.frame + 1}")


class Side(NamedTuple):
    """One frame of an example that is shown: its caption, and the stretches of it that stand on the other side too."""

    where: Where
    caption: str
    marks: tuple[tuple[int, int], ...] = ()  # start and end in characters


class Example(NamedTuple):
    """One place where it is so: in words, and, for a pair of frames, the two sides."""

    text: str
    sides: tuple[Side, ...] = ()


@dataclass(frozen=True)
class Finding:
    """The answer to one question about one split, or about two.

    A leak lets a model know of the answers; a fault harms training or scores; a note is there to be known.
    A `count` of zero says that it was looked for and is not there.
    """

    name: str
    severity: Severity
    splits: tuple[str, ...]
    count: int
    of: int  # how many there could be
    what: str  # what is counted: "pictures of test"
    about: str  # what it means here, in a sentence or two
    remedy: str = ""
    examples: Sequence[Example] = ()

    @property
    def leaks(self) -> bool:
        return self.severity == "leak" and self.count > 0

    @property
    def share(self) -> float:
        """The count over what there could be, 0 to 1."""
        return self.count / self.of if self.of else 0.0
