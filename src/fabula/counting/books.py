"""All that was counted of the same stories: once of all of them, and once without each fold."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from fabula.counting.folds import Folds
from fabula.counting.known import Known
from fabula.counting.ngram import NGram, events
from fabula.counting.stream import Stories
from fabula.types import Vocabulary

ORDER = 3
ALL = -1  # no fold is left out


class Book(NamedTuple):
    ngram: NGram
    known: Known


class Books:
    """Counts when it is first asked: a million tokens take a quarter of a second, and as long again for each fold."""

    def __init__(self, stories: Stories, vocabulary: Vocabulary):
        self.stories, self.vocabulary = stories, vocabulary
        self._written: dict[int, Book] = {}

    def without(self, fold: int) -> Book:
        """The counts of all stories that are not of this fold. Where none are left every token is as likely."""
        if fold not in self._written:
            self._written[fold] = self._write(fold)
        return self._written[fold]

    @cached_property
    def folds(self) -> Folds:
        return Folds.deal(self.stories, self.vocabulary)

    def _write(self, fold: int) -> Book:
        captions = self.stories.captions
        if fold != ALL:
            captions = captions[self.folds.of != fold]
        ngram = NGram.fit(captions, self.vocabulary, ORDER) if len(captions) else NGram((), self.vocabulary)
        return Book(ngram, Known.fit(events(captions, self.vocabulary, ORDER)[0], self.vocabulary))
