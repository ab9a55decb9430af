"""What was dropped or mended on the way in, in words that can be counted: `kind (details)`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

KINDS = (
    "text dropped: outside any segment",
    "text dropped: outside any table",
    "text dropped: a torn tag",
    "segment missing: the caption is empty",
    "segment dropped: no such image",
    "segments joined: one image twice",
    "segment closed: it never ended",
    "tag dropped: unknown",
    "tag dropped: it closes nothing",
    "tag mended: closed by another name",
    "tag mended: '>' is missing",
    "tag closed: it never ended",
    "tags overlap",
    "id dropped: not an id",
    "mention dropped: no id",
    "mention dropped: no text",
    "table dropped: no such image",
    "row dropped: outside any image",
    "row dropped: no id",
    "row dropped: nothing in it",
    "row dropped: no table",
    "rows joined: one id twice",
    "rows joined: one setting element twice",
    "row shared by several ids",
    "row shorter than its header",
    "row longer than its header",
    "cell dropped: column twice",
    "box clamped to the picture",
    "box dropped: empty",
    "box dropped: not numbers",
    "box dropped: outside the picture",
    "characters dropped: control characters",
    "caption missing: it is empty now",
    "descriptions dropped: not one a frame",
    "frame count differs from the pictures",
    "picture dropped: no number in its name",
    "text file dropped: no picture of its name",
)


class Repairs(list[str]):
    """Repairs in the order they were made."""

    def note(self, kind: str, details: str = "") -> None:
        assert kind in KINDS, kind
        self.append(f"{kind} ({details})" if details else kind)


def kind_of(repair: str) -> str:
    """`box dropped: not numbers (image 3, char2: 'n/a')` -> `box dropped: not numbers`."""
    return repair.partition(" (")[0]


def count_repairs(repairs: Iterable[str]) -> Counter[str]:
    """How many repairs of each kind, the commonest first when asked with `most_common`."""
    return Counter(map(kind_of, repairs))


def quoted(text: str, length: int = 40) -> str:
    """A short quotation for the details of a repair."""
    return repr(text if len(text) <= length else text[: length - 3] + "...")
