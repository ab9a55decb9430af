"""Stories that are read without pictures: more words to learn from, beside the train split and for it alone.

Their captions are among those that the tokenizer and the n-grams are learned from, and where nothing is painted their
windows are learned with those of train (`joined.py`). Nothing of them is decoded or kept on the disk: time and memory
grow with their words.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from fabula.data.columns import NONE
from fabula.data.digests import combined
from fabula.data.open import of_source, open_source
from fabula.data.source import ALL, Source
from fabula.data.store import Store
from fabula.errors import FabulaError
from fabula.recipe import Data, Recipe
from fabula.story import Story

FEWEST = 8  # words: a shorter caption may stand in every story
PARAGRAPH = 27  # words: so many do not come twice by themselves

Words = tuple[str, ...]
Told = tuple[str, Sequence[str]]  # a story's name, and its captions


@dataclass(frozen=True)
class Texts:
    """The stories; each has its title, source, licence and attribution."""

    stories: tuple[Story, ...]
    sources: tuple[str, ...]
    left_out: int = 0  # stories that train tells too

    @cached_property
    def captions(self) -> list[str]:
        """The captions of all frames."""
        return [frame.caption for story in self.stories for frame in story.frames]

    @cached_property
    def key(self) -> str:
        """Changes with every word of them."""
        return combined("texts", json.dumps([(story.id, *_captions(story)) for story in self.stories]))

    def notes(self) -> list[str]:
        """What a person should know of them."""
        twice = f"; {self.left_out:,} that train tells too left out" if self.left_out else ""
        counts = f"{len(self.stories):,} stories without pictures, {len(self.captions):,} captions"
        return [f"{counts}, from {', '.join(self.sources)}{twice}"]


def learns_texts(recipe: Recipe) -> bool:
    """Whether the windows of texts are learned: only where nothing is painted, since they have nothing to paint."""
    return recipe.stage == "text" or (recipe.stage == "story" and recipe.model.image_decoder is None)


def open_texts(data: Data, train: Store, held: Mapping[str, Store]) -> Texts:
    """The stories of `data.texts`; of a source with splits, those of train.

    Stories that train tells too are left out, so that no caption is counted twice. Errors: FabulaError for a source
    that is not there or has nothing to learn from, and for a story that stands in one of the splits `held` out.
    """
    stories = [story for name in data.texts for story in _read(data, name)]
    told = [(story.id, _captions(story)) for story in stories]
    for split, store in held.items():
        _check(told, store, split)
    twice = _twice(told, _told(train))
    kept = tuple(story for number, story in enumerate(stories) if number not in twice)
    return Texts(kept, data.texts, len(twice))


def text_source(data: Data, name: str) -> Source:
    """One of `data.texts` as a source, its pictures unread. FabulaError where it is not there."""
    try:
        return open_source(name, of_source(data, name, frames_key=NONE))
    except FabulaError as error:
        raise FabulaError(f"data.texts: {error}") from error


def _read(data: Data, name: str) -> Iterator[Story]:
    source = text_source(data, name)
    if not {"train", ALL} & {*source.splits}:
        raise FabulaError(f"data.texts: {name}: no split 'train' to learn from; it has {', '.join(source.splits)}")
    return source.stories("train" if "train" in source.splits else ALL)


def _check(texts: Sequence[Told], store: Store, split: str) -> None:
    held = list(_told(store))
    if twice := _twice(texts, held):
        text, story = min(twice.items())
        more = f" (and {len(twice) - 1:,} more)" if len(twice) > 1 else ""
        both = f"data.texts: story {texts[text][0]!r} tells what story {held[story][0]!r} of {split} tells{more}"
        raise FabulaError(f"{both}; leave it out of the texts")


def _twice(texts: Sequence[Told], others: Iterable[Told]) -> dict[int, int]:
    """Which texts tell what one of the others tells, and which: whole captions that are equal in their words.

    Captions of at least eight words count, and of a pair of stories they hold at least 27 words together. Time grows
    with the words of both sides.
    """
    from fabula.metrics.words import words  # the room of measures is slow to open

    owners = _owners(texts, words)
    found: dict[int, int] = {}
    for number, (_, captions) in enumerate(others):
        shared: Counter[int] = Counter()
        for said in {tuple(words(caption)) for caption in captions} & owners.keys():
            shared.update(dict.fromkeys(owners[said], len(said)))
        found |= {text: number for text, total in shared.items() if total >= PARAGRAPH}
    return found


def _owners(texts: Sequence[Told], words: Callable[[str], list[str]]) -> dict[Words, set[int]]:
    """Each caption of at least eight words, and the texts that have it."""
    owners: dict[Words, set[int]] = {}
    for number, (_, captions) in enumerate(texts):
        for said in (tuple(words(caption)) for caption in captions):
            if len(said) >= FEWEST:
                owners.setdefault(said, set()).add(number)
    return owners


def _captions(story: Story) -> list[str]:
    return [frame.caption for frame in story.frames]


def _told(store: Store) -> Iterator[Told]:
    """The stories of a store."""
    for name, first, count in zip(store.ids, store.first.tolist(), store.counts.tolist(), strict=True):
        yield name, store.captions[first : first + count]
