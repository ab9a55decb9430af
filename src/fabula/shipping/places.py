"""What is handed on speaks of no machine: sources, commands and origins without the places where they lay."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from fabula.recipe import Data, Model, Recipe
from fabula.scorer.making import shown
from fabula.spec import Spec

KINDS = ("parquet:", "jsonl:", "folder:")  # sources with a path
LEFT_OUT = ("platform", "data")  # of environment.json: the system's own build, and keys of the stores of a machine


def of_recipe(recipe: Recipe) -> Recipe:
    return replace(recipe, data=_of_data(recipe.data), model=_of_model(recipe.model))


def of_environment(environment: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in environment.items() if name not in LEFT_OUT}
    sessions = [{**each, "command": of_command(str(each.get("command", "")))} for each in kept.get("sessions", ())]
    return kept | ({"sessions": sessions} if sessions else {})


def of_source(facts: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Facts of which one is a source."""
    return {**facts, name: shown(facts[name])} if isinstance(facts.get(name), str) else dict(facts)


def of_command(command: str) -> str:
    """`/a/bin/fabula train r.yaml data.source=parquet:/b/c` -> `fabula train r.yaml data.source=parquet:c`."""
    try:
        program, *words = shlex.split(command)
    except ValueError:  # nothing, or a quote that is never closed
        return ""
    return shlex.join([Path(program).name, *map(_word, words)])


def _word(word: str) -> str:
    key, sign, value = word.rpartition("=")
    return f"{key}{sign}{_value(value)}"


def _value(value: str) -> str:
    return shown(value) if value.startswith(KINDS) else _path(value)


def _path(path: str) -> str:
    return Path(path).name if Path(path).is_absolute() else path


def _of_data(data: Data) -> Data:
    sources = {"source": shown(data.source), "texts": tuple(map(shown, data.texts))}
    return replace(data, **sources, tokenizer=_path(data.tokenizer))


def _of_model(model: Model) -> Model:
    parts = {each.name: getattr(model, each.name) for each in fields(model)}
    taken = {name: part for name, part in parts.items() if isinstance(part, Spec) and part.origin}
    return replace(model, **{name: replace(part, origin=_path(part.origin)) for name, part in taken.items()})
