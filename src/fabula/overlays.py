"""The stages of a recipe: each an overlay, laid over the rest of the recipe as `extends` lays files.

    stages:
      codec: {stage: codec, train: {steps: 500}}
      painter: {losses: {flow: {use: mse}}}

What lies above wins: the recipe, then `key=value` of the command line, then the stage's overlay, then
`stages.NAME.key=value`. Losses alone do not merge: a stage that gives any gives them all. A stage of null is taken
away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from fabula import yamls
from fabula.errors import FabulaError, unknown
from fabula.schema import short

ROOM = "stages"
ALONE = yamls.Tree({"data": {"context": 0, "notes": "none"}}, {})  # where single frames are learned


class Overlaid(NamedTuple):
    """One stage: its whole recipe, and where its overlay says that slots come from.

    `origins` by slot: an earlier stage's name, a folder, or None for weights that are drawn anew. `losses` are those
    that are named in the stage itself.
    """

    tree: yamls.Tree
    origins: Mapping[str, str | None]
    losses: frozenset[str]


def stages_of(recipe: yamls.Tree, overrides: Iterable[str]) -> dict[str, Overlaid]:
    """The stages in order; a recipe that has none is one, without a name.

    FabulaError: what is no stage, an override of a stage that is not there, one that no stage would heed.
    """
    inner, plain = _sorted(overrides)
    whole, told = yamls.merge(recipe, yamls.command_line(plain)), yamls.command_line(inner)
    base, overlays = _without(whole, ROOM), _overlays(whole)
    _check_named((*plain, *inner), recipe.values.get(ROOM))
    if not overlays:
        return {"": Overlaid(base, {}, frozenset())}
    _check_heeded(yamls.command_line(plain).places, overlays)
    return {name: _laid(base, overlay, _inside(told, name), name, list(overlays)) for name, overlay in overlays.items()}


def _sorted(overrides: Iterable[str]) -> tuple[list[str], list[str]]:
    """What is said inside a stage, and all else."""
    inner: list[str] = []
    plain: list[str] = []
    for override in overrides:
        (inner if _names(override)[0] == ROOM and len(_names(override)) > 2 else plain).append(override)
    return inner, plain


def _names(override: str) -> list[str]:
    return override.partition("=")[0].strip().split(".")


def _overlays(whole: yamls.Tree) -> dict[str, yamls.Tree]:
    found = whole.values.get(ROOM) or {}
    if not isinstance(found, Mapping):
        raise FabulaError(f"{ROOM} ({whole.place(ROOM)}): expected a section of stages by name, got {short(found)}")
    for name, overlay in found.items():
        place = f"{ROOM}.{name} ({whole.place(f'{ROOM}.{name}')})"
        if not name.isidentifier():
            raise FabulaError(f"{place}: a stage is named by letters, digits and _")
        if overlay is not None and not isinstance(overlay, Mapping):
            raise FabulaError(f"{place}: expected a section, {{}} for none of its own, got {short(overlay)}")
    return {name: _inside(whole, name) for name, overlay in found.items() if overlay is not None}


def _inside(tree: yamls.Tree, name: str) -> yamls.Tree:
    """What is said of one stage, with the places where it is said."""
    prefix, values = f"{ROOM}.{name}.", tree.values.get(ROOM, {}).get(name, {})
    places = {path.removeprefix(prefix): place for path, place in tree.places.items() if path.startswith(prefix)}
    return yamls.Tree(dict(values), places)


def _without(tree: yamls.Tree, key: str) -> yamls.Tree:
    values = {name: value for name, value in tree.values.items() if name != key}
    places = {path: place for path, place in tree.places.items() if path.partition(".")[0] != key}
    return yamls.Tree(values, places)


def _laid(base: yamls.Tree, overlay: yamls.Tree, told: yamls.Tree, name: str, names: list[str]) -> Overlaid:
    """A stage over the recipe; all but the last have their name behind the recipe's."""
    origins, above = _origins(yamls.merge(overlay, told), names[: names.index(name)])
    below = _without(base, "losses") if "losses" in overlay.values else base
    if name != names[-1]:
        below = yamls.merge(below, yamls.Tree({"name": f"{base.values.get('name')}-{name}"}, {}))
    if yamls.merge(below, above).values.get("stage", "story") != "story":
        below = yamls.merge(below, ALONE)
    losses = above.values.get("losses")
    return Overlaid(yamls.merge(below, above), origins, frozenset(losses if isinstance(losses, Mapping) else ()))


def _origins(overlay: yamls.Tree, earlier: list[str]) -> tuple[dict[str, Any], yamls.Tree]:
    """What the overlay takes from where; what is no folder is said so, and stands in the tree no more."""
    model = overlay.values.get("model")
    if not isinstance(model, Mapping):
        return {}, overlay
    said = {slot: part["from"] for slot, part in model.items() if isinstance(part, Mapping) and "from" in part}
    inner = [slot for slot, origin in said.items() if origin is None or origin in earlier]
    kept = {slot: {name: value for name, value in model[slot].items() if name != "from"} for slot in inner}
    return said, overlay._replace(values={**overlay.values, "model": {**model, **kept}})


def _check_named(overrides: Iterable[str], stages: Any) -> None:
    there = list(stages) if isinstance(stages, Mapping) else []
    for override in overrides:
        room, *names = _names(override)
        if room == ROOM and names and names[0] not in there:
            said = unknown(names[0], there) if there else "this recipe has no stages"
            raise FabulaError(f"{ROOM}.{names[0]} (command line): {said}")


def _check_heeded(paths: Iterable[str], overlays: Mapping[str, yamls.Tree]) -> None:
    """An override that every stage covers would do nothing, and nobody would know."""
    for path in paths:
        if all(_covers(overlay.values, path.split(".")) for overlay in overlays.values()):
            one = f"{ROOM}.{next(iter(overlays))}.{path}=..."
            raise FabulaError(f"{path} (command line): every stage says its own; say it of one, as in {one}")


def _covers(overlay: Any, names: list[str]) -> bool:
    """Whether nothing of what lies below this path is left."""
    if names[0] == "losses" and "losses" in overlay:
        return True
    for name in names:
        if not isinstance(overlay, Mapping):
            return True
        if name not in overlay:
            return False
        overlay = overlay[name]
    return not isinstance(overlay, Mapping)
