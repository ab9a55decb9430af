"""Storytellers that write without having learned to: the commonest caption, the last one again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from fabula.story import Frame

Contexts = Sequence[Sequence[Frame]]


class MostCommonCaption:
    """The caption that most train targets have, for every context."""

    kind = "floor"
    paints, writes = False, True

    def __init__(self, caption: str):
        self.caption = caption

    def tell(self, contexts: Contexts, *, seed: int = 0) -> list[Frame]:
        return [Frame(None, self.caption) for _ in contexts]


class CopyLastCaption:
    """The last caption again."""

    kind = "floor"
    paints, writes = False, True

    def tell(self, contexts: Contexts, *, seed: int = 0) -> list[Frame]:
        return [Frame(None, context[-1].caption) for context in contexts]


def most_common(captions: Iterable[str]) -> str:
    """Empty captions do not count; of equally common ones the first."""
    counts = Counter(caption for caption in captions if caption.strip())
    return counts.most_common(1)[0][0] if counts else ""
