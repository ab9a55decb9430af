"""The best, the median and the worst windows of an evaluation, with the pictures that it kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fabula.report.attention import Weighed, copied_words, copying, meanings, weighed_frames
from fabula.report.evaluated import read_boards, read_table
from fabula.report.figures import decimals, shown
from fabula.report.pictures import Shown, shown_file
from fabula.report.stories import ShownFrame
from fabula.report.tables import Tellers, heading, ordered, teller_name, within

SCORED = ("picture.mae", "caption.log_loss_word")  # of a window, shown beside its name

Scores = dict[tuple[int, str], Mapping[str, Any]]  # (window, teller) -> the row of windows.parquet


@dataclass(frozen=True)
class Moment:
    """One window: what was given, what was true, what was told."""

    place: str  # best, median, worst
    title: str
    scores: str
    context: tuple[ShownFrame, ...]
    next: tuple[ShownFrame, ...]  # the true frame, and what each model told
    others: tuple[ShownFrame, ...]  # what floors and oracles told
    first: bool = True  # of its place, and so shown at once
    weighed: tuple[Weighed, ...] = ()  # what the first model weighed of each context frame, where it weighs
    meanings: tuple[str, ...] = ()  # of these weights
    copied: tuple[Weighed | None, ...] = ()  # for each of `next`, how much of its words was copied, where that is known


def moments(evaluation: Path, tellers: Tellers) -> list[Moment]:
    """In the order of `boards.json`; none where the evaluation kept no windows."""
    path = evaluation / "boards.json"
    boards = read_boards(path)
    scores = _scores(evaluation / "windows.parquet", {board["window"] for board in boards})
    found = [_moment(evaluation, board, tellers, scores) for board in boards]
    places = [moment.place for moment in found]
    return [replace(moment, first=moment.place not in places[:n]) for n, moment in enumerate(found)]


def _moment(folder: Path, board: Mapping[str, Any], tellers: Tellers, scores: Scores) -> Moment:
    names = [name for name in ordered(tellers) if name in board["told"]]
    models = [name for name in names if tellers[name]["kind"] == "model"] or names[:1]
    context = [_frame(folder, "context", f"Context {n}", frame) for n, frame in enumerate(board["context"], start=1)]
    told = {name: _frame(folder, "told", f"Told by {teller_name(name)}", board["told"][name]) for name in names}
    maps = board.get("attention", {}).get(models[0], []) if models else []
    copied = [board.get("copied", {}).get(name) for name in models]
    return Moment(
        place=board["place"],
        title=f"{board['story_id']}, frame {board['number']}",
        scores=_score_line(scores.get((board["window"], models[0]), {})) if models else "",
        context=tuple(context),
        next=(_frame(folder, "true", "True", board["true"]), *(told[name] for name in models)),
        others=tuple(frame for name, frame in told.items() if name not in models),
        weighed=weighed_frames(folder, maps),
        meanings=(*meanings(maps), *copying(next(filter(None, copied), None))),
        copied=(None, *map(copied_words, copied)),
    )


def _frame(folder: Path, kind: str, label: str, frame: Mapping[str, Any]) -> ShownFrame:
    return ShownFrame(label, kind, str(frame.get("caption") or ""), _picture(folder, frame, label))


def _picture(folder: Path, frame: Mapping[str, Any], alt: str) -> Shown | None:
    name = frame.get("picture")
    return shown_file(folder / "boards" / Path(name).name, alt) if name else None


def _score_line(row: Mapping[str, Any]) -> str:
    """`MAE 0.1210, log-loss per word 2.31`."""
    known = {name: row[name] for name in SCORED if row.get(name) is not None}
    return ", ".join(
        f"{within(heading(name).label)} {shown(value, decimals([value]))}" for name, value in known.items()
    )


def _scores(path: Path, windows: set[int]) -> Scores:
    if not windows or not path.exists():
        return {}
    table = read_table(path, ("window", "teller"), [("window", "in", list(windows))], also=SCORED)
    return {(row["window"], row["teller"]): row for row in table.to_pylist()}
