"""Weights that come with the package, by name: `fabula.load("world")`. Each is a bundle in a folder beside this file.

A name is that of a folder of one's own where there is one; `shipped:world` always means the one that is shipped.
"""

from __future__ import annotations

from pathlib import Path

from fabula.errors import FabulaError, unknown

HERE = Path(__file__).resolve().parent
ALWAYS = "shipped:"
WEIGHTS = "model.safetensors"  # a folder that has them is a bundle


def names() -> list[str]:
    """What is shipped, in alphabetical order."""
    return sorted(path.parent.name for path in HERE.glob(f"*/{WEIGHTS}"))


def meant(path: Path | str) -> str | None:
    """The shipped bundle that a person means by a name, by `shipped:NAME` or by its own folder; None: another."""
    text, path = str(path), Path(path)
    if text.startswith(ALWAYS):
        return text.removeprefix(ALWAYS)
    if path.exists():
        return path.resolve().name if path.resolve().parent == HERE and path.resolve().name in names() else None
    return text if text in names() else None


def folder_of(path: Path | str) -> Path:
    """The folder of a run or bundle that a person names; what is not shipped stays as it came.

    FabulaError where `shipped:NAME` has no such name.
    """
    name = meant(path)
    if name is not None and name not in names():
        raise FabulaError(f"{path}: {_unknown(name)}")
    return Path(path) if name is None else HERE / name


def beside(path: Path | str, ending: str) -> Path | None:
    """Where what is made of a shipped bundle is written, as `world-evaluation` in this folder; None for all else.

    Nothing is ever written into the package.
    """
    name = meant(path)
    return None if name is None else Path(f"{name}-{ending}")


def hint(path: Path | str) -> str:
    """What may be added to a sentence about a run that is not there or no run; empty where nothing is shipped."""
    path = Path(path)
    if not names() or len(path.parts) > 1:
        return ""
    if path.exists():
        return f"; the shipped bundle of this name is {ALWAYS}{path}" if str(path) in names() else ""
    return f"; of shipped ones there is {_unknown(str(path)).replace('unknown', 'no', 1)}"


def _unknown(name: str) -> str:
    return unknown(name, names()) if names() else f"unknown {name!r}; nothing is shipped with this package"
