"""A sheet of what a model attends to: a row a story, the maps laid over the frames of its context."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from fabula.drawing.lettering import Font, drawable, font, reading_font, wrap
from fabula.drawing.maps.heat import FAINT, INK, PAPER, Scale, draw_bar, draw_scale, over_picture, percent, scale_of
from fabula.drawing.maps.placing import Map
from fabula.drawing.maps.weighed import ENDED, LINE, Word, draw_words, mean_words, weighed_words, wrapped
from fabula.images import to_picture, to_uint8
from fabula.types import Frames

Spans = Callable[[str], Sequence[tuple[int, int]]]  # where each token of a text stands
WIDE, GAP, MARGIN = 264, 22, 34  # pixels: a panel, between panels, around all
TITLE, LABEL, BAR = 26, 20, 36  # pixels: a line of the legend or a story's name, a frame's label, a bar with its words
LINES = 9  # of a caption that is not weighed
TALLEST = 1.25  # a panel's height over its width
BARS = {
    "frame": "weight of each frame in its story",
    "written": "weight of each frame while the caption was written",
    "gate": "share of the picture against the text",
}


@dataclass(frozen=True)
class Weighed:
    """What a model weighed of some stories, with all that the drawing needs to say it."""

    titles: Sequence[str]  # of the stories
    captions: Sequence[Sequence[str]]  # as people have them
    read: Frames  # as the model read them
    maps: Mapping[str, Map]  # by the module's name
    names: Mapping[str, str]  # of the modules, in words
    spans: Spans
    told: Sequence[str] = ()  # what the model wrote, a caption a story

    def part(self, name: str, part: str) -> np.ndarray:
        """(B, K, ...) of a map."""
        return getattr(self.maps[name], part).numpy()

    def scale(self, name: str, part: str) -> Scale:
        """One scale for a map over all present frames; words are summed from their tokens."""
        if part == "words":
            frames = [(story, frame) for story, said in enumerate(self.captions) for frame in range(len(said))]
            return scale_of(np.array([weight for place in frames for _, weight in self.words(name, *place)]))
        return scale_of(self.part(name, part)[self.read.present.cpu().numpy()])

    def words(self, name: str, story: int, frame: int) -> list[Word]:
        caption = self.captions[story][frame]
        return weighed_words(caption, self.spans(caption), self.part(name, "words")[story, frame])

    def copied(self, story: int) -> list[tuple[str, list[Word]]]:
        """The told caption, each word with the share of it that was copied; by the modules that say so, mostly one."""
        if not self.told:
            return []
        said, names = self.told[story], [name for name, each in self.maps.items() if each.copied is not None]
        return [(name, mean_words(said, self.spans(said), self.part(name, "copied")[story])) for name in names]


@dataclass(frozen=True)
class Layer:
    """What is drawn over one row of frames: one map over the pictures, one over the words, any bars beneath."""

    picture: str = ""  # the module's name
    words: str = ""
    bars: tuple[tuple[str, str], ...] = ()  # a module's name, and frame or gate


def draw_maps(weighed: Weighed) -> Image.Image:
    """One RGB picture. Of a stack of layers the last is drawn; every scale is one for all stories."""
    most = max(map(len, weighed.captions))
    width = 2 * MARGIN + max(3, most) * (WIDE + GAP) - GAP
    parts = []
    for layer in layers(last_of_stacks(weighed.maps)):
        parts += [_legend(weighed, layer, width)]
        parts += [_row(weighed, story, layer, width) for story in range(len(weighed.titles))]
    parts += [_copied(weighed, width)] if weighed.copied(0) else []
    sheet = Image.new("RGB", (width, sum(part.height for part in parts) + 2 * MARGIN - GAP), PAPER)
    top = MARGIN
    for part in parts:
        sheet.paste(part, (0, top))
        top += part.height
    return sheet


def layers(maps: Mapping[str, Map]) -> Iterator[Layer]:
    """As few as can show all maps; the bars stand in the first."""
    pictures = [name for name, each in maps.items() if each.picture is not None]
    words = [name for name, each in maps.items() if each.words is not None]
    bars = tuple((name, part) for name, each in maps.items() for part in BARS if getattr(each, part) is not None)
    for place in range(max(len(pictures), len(words), 1)):
        yield Layer(*("".join(names[place : place + 1]) for names in (pictures, words)), () if place else bars)


def last_of_stacks(maps: Mapping[str, Map]) -> dict[str, Map]:
    """The same without the earlier ones of several layers that stand one on the other."""
    last = {re.sub(r"\.\d+", "", name): name for name in maps}
    return {name: maps[name] for name in last.values()}


def _legend(weighed: Weighed, layer: Layer, width: int) -> Image.Image:
    """Which module each map is from, with its scale, and what the bars are, from above."""
    maps = [
        ("picture", "Over the pictures", layer.picture),
        ("words", f"Behind the words ({ENDED} the end)", layer.words),
    ]
    lines = [(part, said, name) for part, said, name in maps if name]
    sheet = Image.new("RGB", (width, TITLE * (len(lines) + len(layer.bars)) + GAP // 2), PAPER)
    for number, (part, said, name) in enumerate(lines):
        right = _told(sheet, number, f"{said}: {weighed.names[name]}")
        place = (right, number * TITLE + 5)
        draw_scale(sheet, *place, weighed.scale(name, part), _small(), words=part == "words")
    for number, (name, part) in enumerate(layer.bars, start=len(lines)):
        _told(sheet, number, f"Bar: {weighed.names[name]}, {BARS[part]}")
    return sheet


def _told(sheet: Image.Image, number: int, said: str) -> int:
    """A line of the legend; gives where it ends."""
    ImageDraw.Draw(sheet).text((MARGIN, number * TITLE), said, fill=INK, font=_bold(13))
    return MARGIN + round(_bold(13).getlength(said)) + GAP


def _row(weighed: Weighed, story: int, layer: Layer, width: int) -> Image.Image:
    """One story: its name, and its frames side by side."""
    frames = range(len(weighed.captions[story]))
    pictures = [_picture(weighed, story, frame, layer) for frame in frames]
    words = [_words(weighed, story, frame, layer) for frame in frames]
    bars = TITLE + LABEL + pictures[0].height + 8
    below = bars + BAR * len(layer.bars)
    scale = weighed.scale(layer.words, "words") if layer.words else Scale(0, 1)
    sheet = Image.new("RGB", (width, below + LINE * max(map(len, words)) + GAP), PAPER)
    ImageDraw.Draw(sheet).text((MARGIN, 0), drawable(weighed.titles[story])[:80], fill=INK, font=_bold(15))
    for frame in frames:
        left = MARGIN + frame * (WIDE + GAP)
        ImageDraw.Draw(sheet).text((left, TITLE), f"CONTEXT {frame + 1}", fill=FAINT, font=_bold(11))
        sheet.paste(pictures[frame], (left, TITLE + LABEL))
        for number, (name, part) in enumerate(layer.bars):
            share = float(weighed.part(name, part)[story, frame])
            draw_bar(sheet, (left, bars + number * BAR), WIDE, share, _said(part, share), _small())
        draw_words(sheet, left, below, words[frame], scale, _letters(weighed, story, frame))
    return sheet


def _copied(weighed: Weighed, width: int) -> Image.Image:
    """What was written of every story, a word on the colour of the share of it that was copied."""
    found = [(story, name, words) for story in range(len(weighed.titles)) for name, words in weighed.copied(story)]
    letters = {story: reading_font(said, 14) for story, said in enumerate(weighed.told)}
    lines = [wrapped(words, letters[story], width - 2 * MARGIN) for story, _, words in found]
    sheet = Image.new("RGB", (width, TITLE + sum(LABEL + LINE * len(each) + GAP for each in lines)), PAPER)
    scale = Scale(float(np.mean([share for _, _, words in found for _, share in words])), 1.0)  # of shares
    right = _told(sheet, 0, f"Behind a written word, how much of it was copied: {weighed.names[found[0][1]]}")
    draw_scale(sheet, right, 5, scale, _small(), words=True)
    top = TITLE
    for (story, _, _), each in zip(found, lines, strict=True):
        ImageDraw.Draw(sheet).text((MARGIN, top), drawable(weighed.titles[story])[:80], fill=FAINT, font=_bold(11))
        draw_words(sheet, MARGIN, top + LABEL, each, scale, letters[story])
        top += LABEL + LINE * len(each) + GAP
    return sheet


def _said(part: str, share: float) -> tuple[str, str]:
    """What stands beneath a bar, on its left and on its right."""
    return (
        (f"picture {percent(share)}", f"text {percent(1 - share)}")
        if part == "gate"
        else (f"frame {percent(share)}", "")
    )


def _picture(weighed: Weighed, story: int, frame: int, layer: Layer) -> Image.Image:
    """The frame as the model read it, as wide as a panel, under its map."""
    small = to_picture(to_uint8(weighed.read.images[story, frame]))
    tall = round(min(TALLEST, small.height / small.width) * WIDE)
    picture = small.resize((WIDE, max(1, tall)), Image.Resampling.LANCZOS)
    if not layer.picture:
        return picture
    weights = weighed.part(layer.picture, "picture")[story, frame]
    return over_picture(picture, weights, weighed.scale(layer.picture, "picture"))


def _words(weighed: Weighed, story: int, frame: int, layer: Layer) -> list[list[Word]]:
    """The caption in lines, weighed where the layer has a map over words."""
    letters = _letters(weighed, story, frame)
    if not layer.words:
        return [[(line, 0.0)] for line in wrap(weighed.captions[story][frame], letters, WIDE, LINES)]
    return wrapped(weighed.words(layer.words, story, frame), letters, WIDE)


def _letters(weighed: Weighed, story: int, frame: int) -> Font:
    return reading_font(weighed.captions[story][frame], 14)


def _bold(size: int) -> Font:
    return font("DejaVuSans-Bold", size)


def _small() -> Font:
    return font("DejaVuSans", 11)
