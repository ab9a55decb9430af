"""A story that a run told, read from its folder: the frames it was given and those it went on with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fabula import files
from fabula.report.pictures import Shown, shown_file


@dataclass(frozen=True)
class ShownFrame:
    label: str
    kind: str  # context, true, told
    caption: str
    picture: Shown | None


@dataclass(frozen=True)
class ShownStory:
    title: str
    note: str
    frames: tuple[ShownFrame, ...]


def told_stories(folders: Sequence[Path], most: int = 3) -> list[ShownStory]:
    """The tellings in these folders; of several samples the first `most`."""
    found: list[ShownStory] = []
    for folder in folders:
        places = sorted(folder.glob("sample-*/story.json"))[:most] or [folder / "story.json"]
        found += [_story(path) for path in places if path.exists()]
    return found


def _story(path: Path) -> ShownStory:
    row = files.read_json(path)
    title = str(row.get("title") or row.get("id") or path.parent.name)
    title += f", {path.parent.name.replace('-', ' ')}" if path.parent.name.startswith("sample-") else ""
    frames = tuple(_frame(path.parent, number, entry) for number, entry in enumerate(row.get("frames", ()), start=1))
    told = sum(frame.kind == "told" for frame in frames)
    return ShownStory(title, f"{len(frames) - told} frames given, {told} told", frames)


def _frame(folder: Path, number: int, entry: dict[str, Any]) -> ShownFrame:
    kind = "told" if entry.get("told") else "context"
    picture = _picture(folder, entry, f"Frame {number}, {kind}")
    return ShownFrame(f"{kind} {number}", kind, str(entry.get("caption", "")), picture)


def _picture(folder: Path, entry: dict[str, Any], alt: str) -> Shown | None:
    name = Path(str(entry.get("picture") or "")).name  # a file of the folder itself, never of another
    return shown_file(folder / name, alt) if name else None
