"""Windows to look at: the best, the median and the worst, with their pictures; and told pictures on request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from fabula import files
from fabula.data.corpus import Split
from fabula.drawing.maps.maps import Weighed
from fabula.evaluate.asking import Chunk, kind_of, told_frames
from fabula.evaluate.attention import attention, copied_of, maps_of
from fabula.images import COMPRESSION, to_rgb
from fabula.story import Frame, Storyteller

RANKED_BY = ("picture.mae", "caption.log_loss_word")  # a window's place is the mean of its places in these
EACH = 3  # windows of a kind


def keep_pictures(folder: Path, teller: str, chunk: Chunk, frames: Sequence[Frame], kept: set[int]) -> None:
    """Save the told pictures of the windows that are kept: `pictures/TELLER/000012.png`."""
    for number, frame in zip(chunk.numbers.tolist(), frames, strict=True):
        if number in kept:
            _save(frame, folder / "pictures" / teller / f"{number:06d}.png")


def write_boards(folder: Path, tellers: Mapping[str, Storyteller], split: Split, seed: int) -> None:
    """boards.json: `EACH` best, median and worst windows of the first model (else the first teller).

    A board is `{"place", "window", "story_id", "number", "context": [FRAME], "true": FRAME, "told": {TELLER: FRAME}}`
    with FRAME `{"caption", "picture"}`; a picture is a path from `folder`, or null. `attention` `{MODEL: [MAP]}` stands
    beside, where a model weighs anything, and `copied` {MODEL: ...} where it copies words: see attention.py.
    """
    chosen = _chosen(folder, tellers)
    windows = [split.windows[number] for _, number in chosen]
    contexts, truths = [split.context(window) for window in windows], [split.target(window) for window in windows]
    frames = zip(chosen, contexts, truths, strict=True)
    boards = [_board(folder, split, place, number, given, true) for (place, number), given, true in frames]
    for name, teller in tellers.items() if boards else ():
        told = told_frames(teller, contexts, truths, seed)  # the same again: a telling follows from context and seed
        for board, frame in zip(boards, told, strict=True):
            board["told"][name] = keep_frame(folder, frame, f"boards/{board['window']}-{name}", painted=teller.paints)
        if kind_of(teller) == "model" and split.windows.context:
            _weigh(folder, boards, name, attention(teller, contexts, told))
    files.write_json(folder / "boards.json", boards)


def _chosen(folder: Path, tellers: Mapping[str, Storyteller]) -> list[tuple[str, int]]:
    """Places and windows, by the rows of the first model."""
    first = next((name for name, teller in tellers.items() if kind_of(teller) == "model"), next(iter(tellers)))
    columns = [name for name in RANKED_BY if name in pq.read_schema(folder / "windows.parquet").names]
    table = pq.read_table(
        folder / "windows.parquet", columns=["window", *columns], filters=[("teller", "=", first)]
    ).to_pydict()
    found = choose([np.array(table[name], dtype=np.float64) for name in columns])
    return [(place, int(table["window"][row])) for place, row in found]


def _weigh(folder: Path, boards: Sequence[dict[str, Any]], name: str, weighed: Weighed | None) -> None:
    """What a model weighed of each board's context, where it weighs anything."""
    if weighed is None:
        return
    maps = maps_of(weighed, folder, [f"{board['window']}-{name}" for board in boards])
    for board, found in zip(boards, maps, strict=True):
        board.setdefault("attention", {})[name] = found
    for board, found in zip(boards, copied_of(weighed), strict=False):
        board.setdefault("copied", {})[name] = found


def choose(columns: Sequence[NDArray[np.float64]]) -> list[tuple[str, int]]:
    """Which rows are best, median and worst by the mean of their ranks, lower being better; no row twice."""
    known = [column for column in columns if np.isfinite(column).any()]
    if not known:
        return []
    order = np.argsort(np.mean([_ranks(column) for column in known], 0), kind="stable").tolist()
    middle = max(0, len(order) // 2 - EACH // 2)
    groups = {"best": order[:EACH], "median": order[middle : middle + EACH], "worst": order[::-1][:EACH]}
    found = {row: place for place, rows in reversed(groups.items()) for row in rows}
    return [(place, row) for place, rows in groups.items() for row in rows if found[row] == place]


def _ranks(column: NDArray[np.float64]) -> NDArray[np.int64]:
    filled = np.where(np.isfinite(column), column, np.nanmedian(column))
    return np.argsort(np.argsort(filled, kind="stable"), kind="stable")


def _board(
    folder: Path, split: Split, place: str, number: int, context: Sequence[Frame], truth: Frame
) -> dict[str, Any]:
    window = split.windows[number]
    return {
        "place": place,
        "window": number,
        "story_id": split.store.ids[window.story],
        "number": window.start + split.windows.context + 1,
        "context": [
            keep_frame(folder, frame, f"boards/{number}-context-{i}") for i, frame in enumerate(context, start=1)
        ],
        "true": keep_frame(folder, truth, f"boards/{number}-true"),
        "told": {},
    }


def keep_frame(folder: Path, frame: Frame, place: str, *, painted: bool = True) -> dict[str, Any]:
    """FRAME: the caption, and the path from `folder` of its picture, saved at `place`.png; null where there is none."""
    picture = f"{place}.png" if painted and frame.picture is not None else None
    if picture:
        _save(frame, folder / picture)
    return {"caption": frame.caption, "picture": picture}


def _save(frame: Frame, path: Path) -> None:
    if frame.picture is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        to_rgb(frame.picture).save(path, compress_level=COMPRESSION)
