"""What a stage takes over from those before it: the newest weights of every slot, unless its overlay says otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from fabula.building import slots_of
from fabula.data.captions import LEARNED
from fabula.overlays import ROOM, Overlaid
from fabula.recipe import Recipe, plain
from fabula.schema import Problem
from fabula.train.takeover import READERS

WORDS = ("source", "texts", "captions_key", "world", "vocabulary")  # what a learned tokenizer follows from

Taken = dict[str, str]  # slot: the stage before that hands it on


def taken(recipes: Mapping[str, Recipe], overlaid: Mapping[str, Overlaid]) -> dict[str, Taken]:
    """By stage: what each takes from whom. Frozen slots are handed on too: their weights are those of before."""
    newest: Taken = {}
    found: dict[str, Taken] = {}
    for name, recipe in recipes.items():
        slots, said = held(recipe), overlaid[name].origins
        wanted = {slot: said.get(slot, newest.get(slot)) for slot in slots}
        found[name] = {slot: stage for slot, stage in wanted.items() if stage is not None and stage in found}
        newest |= dict.fromkeys(slots, name)
    return found


def held(recipe: Recipe) -> list[str]:
    """The slots that a stage's model has."""
    return [slot for slot in slots_of(recipe.stage) if getattr(recipe.model, slot) is not None]


def misfits(before: Recipe, after: Recipe, slot: str) -> Iterator[Problem]:
    """Why `after` cannot take a slot from `before`: everything that decides its weights must be the same."""
    if slot not in held(before):
        yield Problem(f"model.{slot}", "it has none")
        return
    here, there = _decides(after, slot), _decides(before, slot)
    for path in dict.fromkeys([*there, *here]):
        if here.get(path) != there.get(path):
            yield Problem(path, f"{_shown(there.get(path))} there and {_shown(here.get(path))} here")


def _decides(recipe: Recipe, slot: str) -> dict[str, Any]:
    spec, data = getattr(recipe.model, slot), recipe.data
    found = {f"model.{slot}.kind": spec.kind, "model.dim": recipe.model.dim}
    found |= {f"model.{slot}.{name}": value for name, value in spec.options.items()}
    if slot.startswith("image_"):
        found["data.picture_size"] = data.picture_size
    if slot in READERS:
        found["data.tokenizer"] = data.tokenizer
        found |= {f"data.{name}": getattr(data, name) for name in WORDS if data.tokenizer == LEARNED}
    return found


def _shown(value: Any) -> str:
    return "absent" if value is None else str(plain(value))


def placed(recipe: Recipe, takes: Taken, overlaid: Overlaid, at: Path) -> Recipe:
    """The recipe as it is trained in the run `at`: what it takes from earlier stages is `from` their folders."""
    drawn = {slot: "" for slot, origin in overlaid.origins.items() if origin is None}
    return with_origins(recipe, drawn | {slot: str(folder_of(stage, at)) for slot, stage in takes.items()})


def folder_of(stage: str, at: Path) -> Path:
    """Where a stage before the last lies."""
    return at / ROOM / stage


def stage_of(origin: str, at: Path) -> str | None:
    """The name of the stage of this run whose folder this is; None where it is no stage of it."""
    return name if (name := Path(origin).name) and Path(origin) == folder_of(name, at) else None


def with_origins(recipe: Recipe, origins: Mapping[str, str]) -> Recipe:
    """The recipe with another `from` in these slots."""
    slots = {slot: getattr(recipe.model, slot) for slot in origins}
    changed = {slot: replace(spec, origin=origins[slot]) for slot, spec in slots.items() if spec is not None}
    return replace(recipe, model=replace(recipe.model, **changed))


def moved(saved: Recipe, recipe: Recipe, at: Path) -> bool:
    """Whether a stage was begun as just this recipe, and the run has another place since."""
    origins = {slot: getattr(recipe.model, slot).origin for slot in held(recipe)}
    ours = {slot: origin for slot, origin in origins.items() if stage_of(origin, at)}
    return with_origins(saved, ours) == recipe


def at_rest(recipe: Recipe, at: Path) -> dict[str, Any]:
    """A stage as an overlay that says everything, and names other stages: read for the same place, it is equal."""
    values = plain(recipe)
    for part in filter(lambda part: isinstance(part, dict), values["model"].values()):
        origin = part.get("from", "")
        part["from"] = stage_of(origin, at) or origin or None
    return values
