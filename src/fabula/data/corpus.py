"""A data set made ready: the stores of its splits, one tokenizer, token ids, windows; and nothing leaks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from fabula.data.captions import LEARNED, CaptionIds, caption_ids, check_tokenizer, tokenizer_for
from fabula.data.joined import Joined
from fabula.data.notes import note_ids, said_of
from fabula.data.open import open_source
from fabula.data.source import SPLITS, Source
from fabula.data.splits import Row, check_leaks, for_training
from fabula.data.store import Store, open_store
from fabula.data.texts import Texts, learns_texts, open_texts
from fabula.data.windows import Window, Windows
from fabula.errors import FabulaError
from fabula.recipe import Data, Recipe
from fabula.story import Frame
from fabula.tokenizer import Tokenizer

if TYPE_CHECKING:
    from fabula.metrics.documents import Documents

NAMED = 5  # so many stories are named in a sentence, the others are counted


@dataclass(frozen=True)
class Split:
    """One split made ready."""

    name: str
    store: Store
    windows: Windows
    captions: CaptionIds
    beside: tuple[str, ...] = ()  # what there is to say of the third text

    @property
    def too_short(self) -> list[str]:
        """The ids of the stories that hold no window."""
        return [self.store.ids[story] for story in self.windows.too_short]

    def context(self, window: Window) -> list[Frame]:
        """The K frames of a window with their pictures: all that a storyteller may see."""
        return self.store.context(window, self.windows.context)

    def target(self, window: Window) -> Frame:
        """The frame that it must tell."""
        return self.store.target(window, self.windows.context)

    @cached_property
    def documents(self) -> Documents:
        """How rare words are among the captions that are to be told, of all windows."""
        from fabula.metrics.documents import documents_of

        captions = self.store.captions
        return documents_of([captions[row] for row in self.store.rows(self.windows)[:, -1]])

    def notes(self) -> list[str]:
        """What a person should know before believing a number: what was cut, what was left out."""
        length = self.captions.ids.shape[1]
        cut = f"{self.name}: {self.captions.share:.1%} of {len(self.captions.truncated):,} captions "
        notes = [f"{cut}are longer than {length} tokens and are cut", *self.beside]
        if self.too_short:
            names = ", ".join(self.too_short[:NAMED]) + (", ..." if len(self.too_short) > NAMED else "")
            need = self.windows.context + 1
            notes.append(f"{self.name}: {len(self.too_short):,} stories of fewer than {need} frames left out: {names}")
        return notes


@dataclass(frozen=True)
class Corpus:
    """All splits of a data set with the tokenizer they share."""

    data: Data
    tokenizer: Tokenizer
    splits: dict[str, Split]
    about: tuple[str, ...] = ()  # what the source says of itself: what was carved or left out
    texts: Texts | None = None  # stories without pictures, beside train

    @property
    def stores(self) -> dict[str, Store]:
        return {name: split.store for name, split in self.splits.items()}

    @property
    def windows(self) -> dict[str, Windows]:
        return {name: split.windows for name, split in self.splits.items()}

    @property
    def truncated(self) -> dict[str, float]:
        """The share of captions that were cut, per split."""
        return {name: split.captions.share for name, split in self.splits.items()}

    @cached_property
    def words(self) -> Store:
        """Train, and the texts after it: all captions that a run may learn from. KeyError where there is no train."""
        train = self.splits["train"].store
        return Joined(train, self.texts) if self.texts else train

    @cached_property
    def captions(self) -> CaptionIds:
        """Those captions as token ids, row by row."""
        if not self.texts:
            return self.splits["train"].captions
        return caption_ids(self.words, self.tokenizer, self.data.caption_length)

    def learned(self, recipe: Recipe) -> Store:
        """The store whose windows this recipe learns: with the texts only where nothing is painted."""
        return self.words if learns_texts(recipe) else self.splits["train"].store

    def notes(self) -> list[str]:
        """Sentences for whoever starts a run."""
        texts = self.texts.notes() if self.texts else []
        return [*self.about, *(note for split in self.splits.values() for note in split.notes()), *texts]


def open_corpus(data: Data, splits: Sequence[str] | None = None, tokenizer: Tokenizer | None = None) -> Corpus:
    """The named splits (all by default), checked for leaks; the tokenizer is learned from train unless one is given.

    A source that lacks validation or test has them carved out (see splits.py).
    Errors: FabulaError for an unknown source or split, for a source that has no stories to learn from, for a split
    without a single window, and for a story or picture that stands on two sides.
    """
    if tokenizer is None:
        check_tokenizer(data)
    source = for_training(open_source(data.source, data))
    stores = {name: open_store(data, name, source) for name in splits or source.splits}
    check_leaks({name: _rows(store) for name, store in stores.items()}, source.name)
    learns = "train" in stores or (tokenizer is None and data.tokenizer == LEARNED)
    texts = _texts(data, stores, source) if learns else None
    tokenizer = tokenizer or _tokenizer(data, stores, source, texts)
    ready = {name: make_ready(store, tokenizer, data) for name, store in stores.items()}
    return Corpus(data, tokenizer, ready, source.notes, texts)


def open_split(data: Data, split: str | None, tokenizer: Tokenizer) -> Split:
    """One split of a source that the tokenizer has perhaps never seen.

    Without a name: the only split there is, the source whole, else `test`. A name that the source lacks may be that
    of a split which training carves out.
    """
    source = open_source(data.source, data)
    if split and split not in source.splits and split in SPLITS:
        source = for_training(source)
    name = split or (source.splits[0] if len(source.splits) == 1 else "test")
    return make_ready(open_store(data, name, source), tokenizer, data)


def make_ready(store: Store, tokenizer: Tokenizer, data: Data) -> Split:
    """A store with its windows and token ids. Errors: FabulaError where no story is long enough."""
    windows = store.windows(data.context)
    if not len(windows):
        where = f"{store.meta['source']}: split {store.split!r}"
        longest = f"no story of {data.context + 1} frames (longest: {store.counts.max(initial=0)})"
        raise FabulaError(f"{where} has {longest}; lower data.context")
    captions, notes = caption_ids(store, tokenizer, data.caption_length), note_ids(store, tokenizer, data)
    beside = () if notes is None else (said_of(notes, tokenizer, store.split, data.notes),)
    return Split(store.split, store, windows, captions, beside)


def _tokenizer(data: Data, stores: dict[str, Store], source: Source, texts: Texts | None) -> Tokenizer:
    if data.tokenizer != LEARNED:
        return tokenizer_for(data, ())
    return tokenizer_for(data, [*_train(data, stores, source).captions, *(texts.captions if texts else ())])


def _texts(data: Data, stores: dict[str, Store], source: Source) -> Texts | None:
    if not data.texts:
        return None
    held = {name: store for name, store in stores.items() if name != "train"}
    return open_texts(data, _train(data, stores, source), held)


def _train(data: Data, stores: dict[str, Store], source: Source) -> Store:
    return stores["train"] if "train" in stores else open_store(data, "train", source)


def _rows(store: Store) -> Iterator[Row]:
    """Story, frame number and picture of every frame, for the check; no digest where there is nothing to see."""
    digests = (digest if any(digest) else None for digest in map(bytes, store.digests))
    for name, count in zip(store.ids, store.counts.tolist(), strict=True):
        yield from ((name, number, next(digests)) for number in range(1, count + 1))
