"""What an evaluation kept of its windows: captions of all, pictures of some. A frame that was not kept is absent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fabula.compare.sides import Side
from fabula.compare.windows import Target, read_rows
from fabula.report.evaluated import read_boards
from fabula.report.pictures import Shown, shown_file
from fabula.report.stories import ShownFrame

WIDEST = 320  # pixels of a picture: there are many


class Kept:
    """The files of one side, looked up by the frame that a window tells."""

    def __init__(self, side: Side):
        self.side, self.folder = side, side.evaluation
        self.rows = read_rows(side.evaluation, side.teller)
        boards = read_boards(self.folder / "boards.json")
        self.boards: dict[int, Mapping[str, Any]] = {board["window"]: board for board in boards}

    def true_caption(self, target: Target) -> str | None:
        row = self.rows.get(target)
        return None if row is None else row["truth"]

    def true_picture(self, target: Target, alt: str) -> Shown | None:
        """From `pictures/truth`, else from the boards."""
        return self._picture(target, "truth", lambda board: board["true"], alt)

    @property
    def paints(self) -> bool:
        return self.side.windows.has("picture.mae")

    def told(self, target: Target) -> ShownFrame:
        name, teller = self.side.name, self.side.teller
        picture = self._picture(target, teller, lambda board: board["told"].get(teller, {}), f"Told by {name}")
        return ShownFrame(f"Told by {name}", "told", self.rows[target]["caption"] or "", picture)

    def given(self, target: Target, number: int) -> tuple[str | None, Shown | None]:
        """Caption and picture of the context frame with this number, as the window's board holds them."""
        row = self.rows[target]
        context = self.boards.get(row["window"], {}).get("context", [])
        place = number - row["start"] - 1
        if not 0 <= place < len(context):
            return None, None
        return context[place]["caption"], self._board_picture(context[place], f"Frame {number}, given")

    def _picture(self, target: Target, teller: str, of_board, alt: str) -> Shown | None:
        if target not in self.rows:
            return None
        window = self.rows[target]["window"]
        found = shown_file(self.folder / "pictures" / teller / f"{window:06d}.png", alt, WIDEST)
        board = self.boards.get(window)
        return found or (self._board_picture(of_board(board), alt) if board else None)

    def _board_picture(self, frame: Mapping[str, Any], alt: str) -> Shown | None:
        name = frame.get("picture")
        return shown_file(self.folder / "boards" / Path(name).name, alt, WIDEST) if name else None


def context(kept: Sequence[Kept], target: Target) -> list[ShownFrame]:
    """The frames that the first side was given, where they are known: as truths of earlier windows, or on boards."""
    story, number = target
    frames = [_before(kept, target, (story, earlier)) for earlier in range(number - kept[0].side.context, number)]
    return [frame for frame in frames if frame.caption or frame.picture]


def _before(kept: Sequence[Kept], target: Target, frame: Target) -> ShownFrame:
    given = [each.given(target, frame[1]) for each in kept]
    captions = [*(each.true_caption(frame) for each in kept), *(caption for caption, _ in given)]
    caption = next((caption for caption in captions if caption is not None), "")
    picture = next((picture for _, picture in given if picture), None) or true_picture(kept, frame, f"Frame {frame[1]}")
    return ShownFrame(f"Frame {frame[1]}, given", "context", caption, picture)


def true_picture(kept: Sequence[Kept], target: Target, alt: str) -> Shown | None:
    """From the first side that has it."""
    return next((found for each in kept if (found := each.true_picture(target, alt))), None)
