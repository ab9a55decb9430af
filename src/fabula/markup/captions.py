"""The markup of a story to one plain caption an image, with its mentions as spans."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import NamedTuple

from fabula.markup.ids import find_ids, not_ids
from fabula.markup.repairs import Repairs, quoted
from fabula.markup.tokens import Token, tokenise
from fabula.story import Mention

MENTIONS = ("gdo", "gda", "gdl")
_NUMBER = re.compile(r"(?<![0-9])0*([0-9]{1,6})(?![0-9])")


class Caption(NamedTuple):
    text: str
    mentions: tuple[Mention, ...]


@dataclass
class _Open:
    name: str
    ids: tuple[str, ...]
    start: int


@dataclass
class _Segment:
    """The raw text of one image, with the mentions in raw characters."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    mentions: list[tuple[str, tuple[str, ...], int, int, int]] = field(default_factory=list)

    def add(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)


def read_captions(markup: str, count: int, repairs: Repairs) -> list[Caption]:
    """One caption for each of `count` images, by the number in its `<gdi image N>`, never by position.

    White space is squeezed: one space between words, none at the ends. A span points at the mention's own
    characters, so that `caption[start:end]` has no space at either end. An unknown tag is dropped and its text
    kept; a tag that never ends, ends with its segment; mentions come in order of start, the outer before the inner.
    """
    reader = _Reader(count, repairs)
    for token in tokenise(markup, repairs):
        reader.take(token)
    reader.leave()
    reader.say_outside()
    return [reader.caption(number) for number in range(1, count + 1)]


class _Reader:
    def __init__(self, count: int, repairs: Repairs):
        self.count, self.repairs = count, repairs
        self.segments: dict[int, _Segment] = {}
        self.segment: _Segment | None = None
        self.where = ""
        self.open: list[_Open] = []
        self.outside: list[str] = []

    def take(self, token: Token) -> None:
        if token.name == "gdi":
            self.enter(token) if token.kind == "open" else self.end()
        elif self.segment is None:
            self.outside += [token.content] if token.kind == "text" else []
        elif token.kind == "text":
            self.segment.add(token.content)
        elif token.kind == "open":
            self.begin_mention(token)
        else:
            self.end_mention(token)

    def enter(self, token: Token) -> None:
        """A segment begins."""
        self.leave()
        self.say_outside()
        match = _NUMBER.search(re.sub(r"[^0-9]+", " ", token.content))
        number = int(match[1]) if match else 0
        self.where = f"image {number}"
        self.segment = _Segment()  # a segment of no image is read and forgotten
        if not 1 <= number <= self.count:
            self.repairs.note("segment dropped: no such image", quoted(f"<gdi{token.content}>"))
        elif number in self.segments:
            self.repairs.note("segments joined: one image twice", self.where)
            self.segment = self.segments[number]
            self.segment.add(" ")
        else:
            self.segments[number] = self.segment

    def end(self) -> None:
        """`</gdi>`"""
        if self.segment is None:
            self.repairs.note("tag dropped: it closes nothing", "</gdi>")
        else:
            self.close_mentions()
            self.segment = None

    def leave(self) -> None:
        """The next segment or the end of the text has come; a segment that is still open ends here."""
        if self.segment is not None:
            self.repairs.note("segment closed: it never ended", self.where)
            self.close_mentions()
            self.segment = None

    def say_outside(self) -> None:
        text = " ".join(" ".join(self.outside).split())
        self.outside = []
        if text:
            self.repairs.note("text dropped: outside any segment", quoted(text))

    def begin_mention(self, token: Token) -> None:
        assert self.segment
        known = token.name in MENTIONS
        ids = find_ids(token.content) if known else ()
        if not known:
            self.repairs.note("tag dropped: unknown", f"{self.where}: {token.name}")
        elif wrong := not_ids(token.content):
            self.repairs.note("id dropped: not an id", f"{self.where}: {quoted(' '.join(wrong))}")
        if known and not ids:
            self.repairs.note("mention dropped: no id", f"{self.where}: {token.name}")
        self.open.append(_Open(token.name, ids, self.segment.length))

    def end_mention(self, token: Token) -> None:
        if not self.open:
            self.repairs.note("tag dropped: it closes nothing", f"{self.where}: </{token.name}>")
            return
        last = len(self.open) - 1
        same = next((place for place in range(last, -1, -1) if self.open[place].name == token.name), None)
        if same is None:
            self.repairs.note("tag mended: closed by another name", f"{self.where}: </{token.name}>")
        elif same != last:
            self.repairs.note("tags overlap", f"{self.where}: </{token.name}>")
        self.close(self.open.pop(last if same is None else same))

    def close_mentions(self) -> None:
        while self.open:
            tag = self.open.pop()
            self.repairs.note("tag closed: it never ended", f"{self.where}: <{tag.name}>")
            self.close(tag)

    def close(self, tag: _Open) -> None:
        assert self.segment
        if tag.ids:
            self.segment.mentions.append((tag.name, tag.ids, tag.start, self.segment.length, len(self.open)))

    def caption(self, number: int) -> Caption:
        if number not in self.segments:
            self.repairs.note("segment missing: the caption is empty", f"image {number}")
            return Caption("", ())
        return _squeezed(self.segments[number], f"image {number}", self.repairs)


def _squeezed(segment: _Segment, where: str, repairs: Repairs) -> Caption:
    """The segment with its white space squeezed, and the raw spans moved along."""
    raw = "".join(segment.parts)
    words = [match.span() for match in re.finditer(r"\S+", raw)]
    starts, ends = [start for start, _ in words], [end for _, end in words]
    places = [0]  # where each word begins in the plain caption
    for start, end in words:
        places.append(places[-1] + end - start + 1)
    mentions = []
    for name, ids, start, end, depth in segment.mentions:
        first, last = bisect_right(ends, start), bisect_left(starts, end) - 1
        if first > last or start == end:
            repairs.note("mention dropped: no text", f"{where}: {name} {' '.join(ids)}")
            continue
        left = places[first] + max(start - starts[first], 0)
        right = places[last] + min(end, ends[last]) - starts[last]
        mentions.append((left, -right, start, depth, Mention(name, ids, left, right)))
    mentions.sort(key=lambda found: found[:4])
    return Caption(" ".join(raw.split()), tuple(found[-1] for found in mentions))
