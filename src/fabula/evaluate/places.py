"""Where an evaluation may be written: an earlier one is replaced, a person's own files never."""

from __future__ import annotations

from pathlib import Path

from fabula import files, shipped
from fabula.errors import FabulaError

OURS = {
    "scores.json",
    "windows.parquet",
    "audit.json",
    "costs.json",
    "boards.json",
    "boards",
    "gallery",
    "pictures",
    "samples",
    "rollout",
    "report.html",
}


def check_out(folder: Path) -> None:
    """Refuse a folder that holds anything but an evaluation, or that cannot be written."""
    if folder.exists() and not folder.is_dir():
        raise FabulaError(f"{folder} is a file; name a folder for the evaluation with --out")
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    foreign = [name for name in names if name not in OURS]
    if foreign or (names and "scores.json" not in names):
        held = (foreign or names)[0]
        raise FabulaError(f"{folder} already holds {held}, which is no evaluation; name another folder with --out")
    files.check_room(folder)


def place_for(what: Path, out: Path | None, *, floors: bool) -> Path:
    """Where an evaluation goes: `out`, else beside the run's other files; floors go to `runs/floors-RECIPE`.

    That of a shipped bundle goes to `NAME-evaluation` in this folder.
    """
    if out is not None:
        return out
    if floors:
        return Path("runs") / f"floors-{what.stem}"
    return shipped.beside(what, "evaluation") or what / "evaluation"


def kept_number(text: str) -> int | None:
    """`all` -> None, else a whole number of windows."""
    if text == "all":
        return None
    if not text.isdigit():
        raise FabulaError(f"--keep-pictures: expected a number of windows or 'all', got {text!r}")
    return int(text)
