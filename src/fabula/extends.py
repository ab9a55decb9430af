"""A recipe's file laid over all that it extends: `extends: base.yaml`, or a list of parents, the later one above."""

from __future__ import annotations

from pathlib import Path

from fabula import yamls
from fabula.errors import FabulaError
from fabula.shelf import absent, names_in


def read(path: Path, children: tuple[Path, ...] = ()) -> yamls.Tree:
    """The whole tree. FabulaError where a file is no recipe, a parent is not there, or a recipe extends itself."""
    if path.resolve() in children:
        raise FabulaError(f"{path}: extends itself by way of {' -> '.join(c.name for c in children)}")
    tree = yamls.read_tree(path)
    parents = tree.values.pop("extends", None) or []
    below = yamls.Tree({}, {})
    for parent in parents if isinstance(parents, list) else [parents]:
        if not isinstance(parent, str):
            raise FabulaError(f"extends ({tree.place('extends')}): expected the path of a recipe, got {parent!r}")
        above = read(_parent(path, parent, tree.place("extends")), (*children, path.resolve()))
        below = yamls.merge(below, above)
    return yamls.merge(below, tree)


def _parent(path: Path, parent: str, place: str) -> Path:
    for candidate in (path.parent / parent, path.parent / f"{parent}.yaml"):
        if candidate.is_file():
            return candidate
    raise FabulaError(f"extends ({place}): {absent(parent, names_in(path.parent))}")
