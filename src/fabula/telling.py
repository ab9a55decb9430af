"""A story continued: several frames, several times over, and written down as a folder that is itself a story."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from fabula import files
from fabula.data.open import of_source, open_source
from fabula.data.records import to_row
from fabula.drawing.storyboard import panels, storyboard
from fabula.errors import FabulaError, pick
from fabula.images import COMPRESSION, prepare, to_picture, to_rgb
from fabula.recipe import Data
from fabula.story import Frame, Size, Story, Storyteller

NOTE = "telling.json"  # how it was told; a folder with this note may be replaced by another telling
STORYBOARD = "storyboard.png"
UNPAINTED = to_picture(prepare(None, Size(60, 125)))  # what a model reads where a frame has no picture


@runtime_checkable
class Sampler(Protocol):
    """Whoever reads a context once for several next frames, of which the first is what `tell` gives."""

    def ways(self, contexts: Sequence[Sequence[Frame]], count: int, *, seed: int = 0) -> list[list[Frame]]: ...


@dataclass(frozen=True)
class Telling:
    """The story so far, and one or more ways in which it goes on."""

    story: Story  # the context frames alone
    continuations: tuple[tuple[Frame, ...], ...]
    note: dict[str, Any] = field(default_factory=dict)


def read_story(
    name: str,
    data: Data,
    *,
    which: str | None = None,
    split: str | None = None,
    context: int | None = None,
    **keys: str | None,
) -> Story:
    """One story: a folder of its own, a `.jsonl` or `.parquet` file, or any source that a recipe can name.

    `which` is its id (None: the first), `split` where it stands (None: test, or else the first split there is),
    `context` how many of its first frames are kept (None: all); `keys` are its columns' names (`captions_key`, ...).
    """
    source = open_source(name, of_source(data, name, **keys))
    place = pick(split, source.splits, f"{name}: split") if split else _usual(source.splits)
    stories = source.stories(place, data.picture_size)
    found = next((story for story in stories if which in (None, story.id)), None)
    if found is None:
        raise FabulaError(f"{name}: no story {which or ''} in split {place!r}; fabula inspect shows what there is")
    return replace(found, frames=found.frames[:context])


def _usual(splits: Sequence[str]) -> str:
    return "test" if "test" in splits else splits[0]


def continue_story(
    teller: Storyteller,
    story: Story,
    *,
    steps: int = 1,
    samples: int = 1,
    seed: int = 0,
    told: Callable[[int], object] = lambda step: None,
) -> Telling:
    """Tell `steps` frames after the story's last, each read back as context of the next, in `samples` ways.

    `told` is called after every step with its number. The first way is the one that is told when only one is
    asked for. How far back a storyteller reads is its own affair: a model reads as many frames as in training.

    Errors: FabulaError when the story has no frame, or a number is below one.
    """
    _check(story, steps=steps, samples=samples)
    first = _samples(teller, story.frames, samples, seed)
    ways = [(*story.frames, frame) for frame in first]
    told(1)
    for step in range(2, steps + 1):
        frames = teller.tell(ways, seed=seed)
        ways = [(*way, frame) for way, frame in zip(ways, frames, strict=True)]
        told(step)
    count = len(story.frames)
    note = {"steps": steps, "samples": samples, "seed": seed, **getattr(teller, "manner", {})}
    return Telling(story, tuple(_numbered(way, count) for way in ways), note)


def _check(story: Story, **numbers: int) -> None:
    if not story.frames:
        raise FabulaError(f"story {story.id!r} has no frames; give at least one picture or caption to continue from")
    for name, number in numbers.items():
        if number < 1:
            raise FabulaError(f"{name}: {number} is too few; give at least 1")


def _samples(teller: Storyteller, context: Sequence[Frame], count: int, seed: int) -> list[Frame]:
    """The next frame in `count` ways, from one memory where the storyteller can."""
    if count > 1 and isinstance(teller, Sampler):
        return teller.ways([context], count, seed=seed)[0]
    return [teller.tell([context], seed=seed + sample)[0] for sample in range(count)]


def _numbered(way: Sequence[Frame], count: int) -> tuple[Frame, ...]:
    """The frames after the context, each with its place in the story."""
    return tuple(replace(frame, number=place) for place, frame in enumerate(way[count:], start=count + 1))


def write_telling(telling: Telling, folder: Path) -> None:
    """Write pictures (`001.png`), captions (`001.txt`), `story.json` and `storyboard.png`, all or nothing.

    The context frames stand before the told ones, so the folder is a story that can be continued again; a frame that
    nobody painted is plain grey there, which is what a model reads where there is no picture. With
    several ways each has a folder of its own, `sample-01` and so on, beside one storyboard of all.

    Errors: FabulaError where the folder holds anything but an earlier telling, or the disk refuses.
    """
    check_out(folder)
    with files.new_folder(folder) as draft:
        ways = telling.continuations
        for number, way in enumerate(ways, start=1):
            _write_story(telling, way, draft / f"sample-{number:02d}" if len(ways) > 1 else draft)
        rows = [[*panels(telling.story.frames, "context"), *_told_panels(telling, way)] for way in ways]
        titles = [f"sample {number}" for number in range(1, len(ways) + 1)] if len(ways) > 1 else [telling.story.title]
        storyboard(rows, titles).save(draft / STORYBOARD, compress_level=COMPRESSION)
        files.write_json(draft / NOTE, telling.note)


def _told_panels(telling: Telling, way: Sequence[Frame]):
    return panels(way, "told", first=len(telling.story.frames) + 1)


def _write_story(telling: Telling, way: Sequence[Frame], folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    frames = tuple(replace(f, number=n) for n, f in enumerate((*telling.story.frames, *way), start=1))
    row = to_row(replace(telling.story, frames=frames))
    for frame, entry in zip(frames, row["frames"], strict=True):
        entry["told"] = frame.number > len(telling.story.frames)
        entry["picture"] = f"{frame.number:03d}.png"
        (to_rgb(frame.picture) if frame.picture else UNPAINTED).save(
            folder / entry["picture"], compress_level=COMPRESSION
        )
        (folder / f"{frame.number:03d}.txt").write_text(frame.caption + "\n", encoding="utf-8")
    files.write_json(folder / "story.json", row)


def check_out(folder: Path) -> None:
    """Refuse a folder that holds a person's own files: one line that says what stands there."""
    if folder.exists() and not folder.is_dir():
        raise FabulaError(f"{folder} is a file; name a folder for the telling with --out")
    if folder.is_dir() and (foreign := _foreign(folder)):
        raise FabulaError(
            f"{folder} already holds {foreign}, which is no earlier telling; name another folder with --out"
        )


def _foreign(folder: Path) -> str | None:
    """The first file that no telling has written; None in an empty folder and in one that a telling wrote whole."""
    names = sorted(path.name for path in folder.iterdir())
    if NOTE not in names:
        return names[0] if names else None
    return next((name for name in names if not _ours(folder / name)), None)


def _ours(path: Path) -> bool:
    if path.is_dir():
        return path.name.startswith("sample-") and all(map(_ours, path.iterdir()))
    frame = path.stem.isdigit() and path.suffix in (".png", ".txt")
    return frame or path.name in (NOTE, STORYBOARD, "story.json")
