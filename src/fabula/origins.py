"""Components that begin as another run left them: `image_encoder: {from: runs/picture}` in a recipe.

What such a section does not say itself, kind and options, is read from that run, once, before anything is checked.
A recipe at rest says everything, so it needs the other run no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fabula import shipped, yamls
from fabula.errors import FabulaError


def taken_over(tree: yamls.Tree) -> yamls.Tree:
    """The tree with every section of `model` that has a `from` and no `kind` filled up from that run."""
    model = tree.values.get("model")
    if not isinstance(model, Mapping):
        return tree
    wanting = {slot: part for slot, part in model.items() if _is_taken(part)}
    whole = {slot: {**_found(slot, part["from"], tree), **part} for slot, part in wanting.items()}
    return tree._replace(values={**tree.values, "model": {**model, **whole}})


def bundle_of(origin: str, where: str) -> Path:
    """The folder with the weights of a finished run, of a bundle or of a shipped one. FabulaError: there is none."""
    path = shipped.folder_of(origin)
    for folder in (path / "bundle", path):
        if (folder / "model.safetensors").is_file() and (folder / "recipe.yaml").is_file():
            return folder
    absent = f"no finished run and no bundle at {origin!r}; train it first, or name another folder"
    raise FabulaError(f"{where}: {absent}{shipped.hint(origin)}")


def _is_taken(part: Any) -> bool:
    return isinstance(part, Mapping) and isinstance(part.get("from"), str) and "kind" not in part


def _found(slot: str, origin: str, tree: yamls.Tree) -> Mapping[str, Any]:
    """Kind and options of a slot of another run."""
    path = f"model.{slot}.from"
    where = f"{path} ({tree.place(path)})"
    file = bundle_of(origin, where) / "recipe.yaml"
    model = yamls.read_tree(file).values.get("model")
    found = model.get(slot) if isinstance(model, Mapping) else None
    if not isinstance(found, Mapping):
        raise FabulaError(f"{where}: {file} has no {slot} to take over")
    return {name: value for name, value in found.items() if name not in ("from", "frozen")}
