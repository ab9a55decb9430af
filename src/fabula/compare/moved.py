"""The windows that moved most from the first run to another: where it gained and where it lost, with what was told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fabula.compare.kept import Kept, context, true_picture
from fabula.compare.sides import Side
from fabula.compare.windows import Target, common
from fabula.metrics.told import Column
from fabula.report.figures import decimals, shown, signed
from fabula.report.stories import ShownFrame
from fabula.report.tables import heading, within

BY = ("picture.mae", "caption.log_loss_word")  # both better where lower
EACH = 3  # windows of a kind
ABSENT = "picture not kept"
GAIN, LOSS = "gain", "loss"


@dataclass(frozen=True)
class Moved:
    """One window: what was given where that is known, what was true, what both told."""

    place: str  # gain, loss
    title: str
    scores: str
    context: tuple[ShownFrame, ...]
    next: tuple[tuple[ShownFrame, str], ...]  # the true frame and those told; what is said where no picture is there
    first: bool  # of its place, and so shown at once

    @property
    def kept(self) -> bool:
        """Whether a picture of it was."""
        return any(frame.picture for frame, _ in self.next)


@dataclass(frozen=True)
class Group:
    """The windows of one run that moved most in one measure, gains first."""

    id: str
    title: str
    about: str
    windows: tuple[Moved, ...]

    @property
    def kept(self) -> bool:
        return any(window.kept for window in self.windows)


def moved(sides: Sequence[Side], left_out: Mapping[str, Iterable[str]]) -> list[Group]:
    """For each of the others and each of `BY` that both have; `left_out` names those of a side that do not count."""
    targets = common([side.windows for side in sides])
    kept = [Kept(side) for side in sides]
    pairs = [(place, by) for place, side in enumerate(sides) for by in BY if by not in left_out.get(side.name, ())]
    groups = [_group(kept, place, by, targets) for place, by in pairs if place]
    return [group for group in groups if group and group.windows]


def _group(kept: Sequence[Kept], place: int, by: str, targets: Sequence[Target]) -> Group | None:
    sides = [kept[0].side, kept[place].side]
    first, other = (side.windows.of(targets).columns.get(by) for side in sides)
    if first is None or other is None:
        return None
    gains, losses = most(first - other), most(other - first)
    pair, label = [kept[0], kept[place]], within(heading(by).label)
    windows = [
        _moved(pair, kind, by, targets[row], float(first[row]), float(other[row]), shown_first=row == rows[0])
        for kind, rows in ((GAIN, gains), (LOSS, losses))
        for row in rows
    ]
    about = f"Of {len(targets):,} windows, {sides[1].name} has a lower {label} in {int((other < first).sum()):,} and "
    about += f"a higher one in {int((other > first).sum()):,}."
    return Group(f"moved-{place}-{by.split('.')[0]}", f"{sides[1].name}, {label}", about, tuple(windows))


def most(gains: Column, count: int = EACH) -> list[int]:
    """The rows with the largest gains, the largest first; those that gained nothing are no gains."""
    known = np.where(np.isfinite(gains), gains, 0.0)
    return [int(row) for row in np.argsort(-known, kind="stable")[:count] if known[row] > 0]


def _moved(
    pair: Sequence[Kept], kind: str, by: str, target: Target, first: float, other: float, *, shown_first: bool
) -> Moved:
    places = decimals([first, other])
    change = f"{shown(first, places)} → {shown(other, places)} ({signed(other - first, places)})"
    caption = next(caption for each in pair if (caption := each.true_caption(target)) is not None)
    true = ShownFrame("True", "true", caption, true_picture(pair, target, "The true picture"))
    return Moved(
        place=kind,
        title=f"{target[0]}, frame {target[1]}",
        scores=f"{within(heading(by).label)} {change}",
        context=tuple(context(pair, target)),
        next=((true, ABSENT), *((each.told(target), ABSENT if each.paints else "") for each in pair)),
        first=shown_first,
    )
