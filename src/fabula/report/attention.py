"""What a model weighed of the frames it was given: bars, shaded words and maps beneath each frame of a window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fabula.drawing.maps.weighed import ENDED
from fabula.report.pictures import Shown, shown_file

BARS = {"frame": "memory", "written": "writing", "gate": "picture"}  # part -> what stands before its bar
MEANINGS = {
    "frame": "Bar “memory”: the frame's share when the story was remembered",
    "written": "Bar “writing”: the frame's share, averaged over the words of the caption that was told",
    "gate": "Bar “picture”: the picture's share against the text",
    "words": f"Behind a word ({ENDED} the end): its weight, the strongest colour",
    "picture": "Grey picture: what glows weighs more than the mean, what is darkened less",
}
SAID = 3  # words that are named to who cannot see colours

Maps = Sequence[Mapping[str, Any]]  # of one window: by, part, top, frames


@dataclass(frozen=True)
class Bar:
    label: str
    share: float  # per cent


@dataclass(frozen=True)
class Shaded:
    """A caption whose words have weights, each as a share of the strongest; the heaviest of them in words."""

    words: tuple[tuple[str, float], ...]
    heaviest: str


@dataclass(frozen=True)
class Weighed:
    """What a model weighed of one frame."""

    bars: tuple[Bar, ...]
    pictures: tuple[Shown, ...]
    captions: tuple[Shaded, ...]


def weighed_frames(folder: Path, maps: Maps) -> tuple[Weighed, ...]:
    """One for each context frame of a window; none where the model weighs nothing. `folder` is the evaluation's."""
    return tuple(_weighed(folder, maps, frame) for frame in range(len(maps[0]["frames"]) if maps else 0))


def copied_words(copied: Mapping[str, Any] | None) -> Weighed | None:
    """The told caption, each word on the colour of the share of it that was copied; None where nobody copies."""
    return Weighed((), (), (_shaded(copied["words"], 1.0),)) if copied else None


def copying(copied: Mapping[str, Any] | None) -> tuple[str, ...]:
    """What the colours behind told words are."""
    said = "how much of it was copied from what was said before, the strongest colour all of it"
    return (f"Behind a told word: {said} ({copied['by'].replace('_', ' ')}).",) if copied else ()


def meanings(maps: Maps) -> tuple[str, ...]:
    """What each bar, word and picture is, and which module of the model it is of."""
    return tuple(f"{MEANINGS[each['part']]}{_top(each)} ({each['by'].replace('_', ' ')})." for each in maps)


def _top(each: Mapping[str, Any]) -> str:
    return f" {100 * each['top']:.2g} %" if each["part"] == "words" else ""


def _weighed(folder: Path, maps: Maps, frame: int) -> Weighed:
    found = [(each["part"], each["frames"][frame], each["top"]) for each in maps]
    drawn = [_map(folder, value, frame) for part, value, _ in found if part == "picture"]
    return Weighed(
        tuple(Bar(BARS[part], 100 * value) for part, value, _ in found if part in BARS),
        tuple(picture for picture in drawn if picture is not None),
        tuple(_shaded(value, top) for part, value, top in found if part == "words"),
    )


def _map(folder: Path, path: str, frame: int) -> Shown | None:
    """A file of the boards themselves, never of another folder."""
    return shown_file(
        folder / "boards" / Path(path).name, f"What was weighed of the picture of context frame {frame + 1}"
    )


def _shaded(words: Sequence[tuple[str, float]], top: float) -> Shaded:
    words = [pair for pair in words if pair[0] != ENDED or pair[1]]  # an end that nobody reads is not shown
    heaviest = sorted((pair for pair in words if pair[1] > 0), key=lambda pair: -pair[1])[:SAID]
    said = ", ".join(f"{word} {100 * weight:.2g} %" for word, weight in heaviest)
    return Shaded(tuple((word, min(1.0, weight / top) if top else 0.0) for word, weight in words), said)
