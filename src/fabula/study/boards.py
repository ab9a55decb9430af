"""The same windows told by every arm and by the floors, side by side with what is true."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fabula import bundle
from fabula.compare.windows import Target, read_rows
from fabula.data.corpus import Split, open_split
from fabula.errors import FabulaError
from fabula.evaluate.opening import MODEL
from fabula.report.pictures import shown_file, shown_picture
from fabula.report.stories import ShownFrame
from fabula.report.tables import teller_name
from fabula.story import Frame
from fabula.study.tasks import Work
from fabula.tokenizer import Tokenizer

WIDEST = 240  # pixels of a picture: there are many


@dataclass(frozen=True)
class Told:
    """A frame that an arm or a floor told; `place` is the arm's number, None of floors."""

    frame: ShownFrame
    place: int | None = None


@dataclass(frozen=True)
class Board:
    """One window."""

    title: str
    context: tuple[ShownFrame, ...]
    true: ShownFrame
    arms: tuple[Told, ...]
    floors: tuple[Told, ...]


@dataclass(frozen=True)
class Teller:
    """Where what a teller told is kept: its evaluation, its name there, and under which name it is shown."""

    evaluation: Path
    name: str
    label: str
    place: int | None


def boards(work: Work, data: str, block: Mapping[str, Any]) -> list[Board]:
    """Of the windows whose pictures the evaluations kept; none where no run ended."""
    tellers = list(_tellers(work, data, block))
    standard = next((teller for teller in tellers if teller.place is not None), None)
    if standard is None:
        return []
    rows = {teller: read_rows(teller.evaluation, teller.name) for teller in tellers}
    numbers = sorted(int(path.stem) for path in (standard.evaluation / "pictures" / "truth").glob("*.png"))
    targets = {number: _target(rows[standard], number) for number in numbers}
    split = _split(work, data, standard.evaluation.parent)
    return [_board(rows, standard, number, target, split) for number, target in targets.items() if target]


def _tellers(work: Work, data: str, block: Mapping[str, Any]) -> Iterator[Teller]:
    """Of every arm the first seed; the arm that all are compared with comes first. Then floors."""
    names = list(block["arms"])
    for name in sorted(names, key=lambda name: name != work.plan.compare):
        seeds = block["arms"][name]["seeds"]
        if seeds:
            evaluation = work.folder.run(data, name, int(next(iter(seeds)))) / "evaluation"
            yield Teller(evaluation, MODEL, name, names.index(name))
    for name, floor in block["floors"].items():
        note = ", peeks at the target" if floor["kind"] == "oracle" else ""
        yield Teller(work.folder.floors(data), name, teller_name(name) + note, None)


def _target(rows: Mapping[Target, Mapping[str, Any]], number: int) -> Target | None:
    return next((target for target, row in rows.items() if row["window"] == number), None)


def _split(work: Work, data: str, run: Path) -> Split | None:
    """The data of a run, for the frames that were given; None where it cannot be opened any more."""
    try:
        folder = bundle.find(run)
        recipe = work.subjects_on(data)[work.plan.compare].recipe
        return open_split(recipe.data, None, Tokenizer.load(folder / "tokenizer.json"))
    except FabulaError:
        return None


def _board(rows, standard: Teller, number: int, target: Target, split: Split | None) -> Board:
    true = rows[standard][target]
    truth = shown_file(standard.evaluation / "pictures" / "truth" / f"{number:06d}.png", "The true picture", WIDEST)
    told = [Told(_told(teller, found[target]), teller.place) for teller, found in rows.items() if target in found]
    return Board(
        title=f"{target[0]}, frame {target[1]}",
        context=tuple(_context(split, number)) if split else (),
        true=ShownFrame("True", "true", true["truth"], truth),
        arms=tuple(each for each in told if each.place is not None),
        floors=tuple(each for each in told if each.place is None and (each.frame.picture or each.frame.caption)),
    )


def _context(split: Split, number: int) -> Iterator[ShownFrame]:
    for place, frame in enumerate(split.context(split.windows[number]), start=1):
        yield ShownFrame(f"Context {place}", "context", frame.caption, _shown(frame, f"Context picture {place}"))


def _shown(frame: Frame, alt: str):
    return None if frame.picture is None else shown_picture(frame.picture, alt, WIDEST)


def _told(teller: Teller, row: Mapping[str, Any]) -> ShownFrame:
    file = teller.evaluation / "pictures" / teller.name / f"{row['window']:06d}.png"
    return ShownFrame(teller.label, "told", row["caption"] or "", shown_file(file, f"Told by {teller.label}", WIDEST))
