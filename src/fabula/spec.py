"""Build components that a recipe names.

A component is an ordinary class. What stands before the star in its constructor is given
by the code that assembles the model; what stands after it is chosen by the recipe:

    class GRUTemporal(Temporal):
        def __init__(self, dim: int, *, layers: int = 1, dropout: float = 0.0): ...

    temporal: {kind: gru, layers: 2}

So the signature is the schema, and an option is declared in one place only.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from fabula.errors import FabulaError, pick
from fabula.schema import convert

T = TypeVar("T")


@dataclass(frozen=True)
class Spec:
    """One component as a recipe writes it: its kind, its options, and where it was written."""

    kind: str
    options: Mapping[str, Any] = field(default_factory=dict)
    where: str = field(default="recipe", compare=False)

    @classmethod
    def from_recipe(cls, entry: Any, where: str) -> Spec:
        if isinstance(entry, str):
            return cls(entry, {}, where)
        if not isinstance(entry, Mapping) or "kind" not in entry:
            raise FabulaError(f"{where}: expected a name or a section with 'kind', got {entry!r}")
        return cls(entry["kind"], {k: v for k, v in entry.items() if k != "kind"}, where)


def build(catalogue: Mapping[str, Callable[..., T]], spec: Spec, *given: Any) -> T:
    """Make the component that `spec` names, from what the code gives and what the recipe chose."""
    make = catalogue[pick(spec.kind, catalogue, f"{spec.where}.kind")]
    choices = recipe_options(make)
    options = {
        pick(name, choices, f"{spec.where}: option of {spec.kind!r}"): convert(
            value, choices[name], f"{spec.where}.{name}"
        )
        for name, value in spec.options.items()
    }
    return make(*given, **options)


def recipe_options(make: Callable[..., Any]) -> dict[str, Any]:
    """The options that a recipe may set: the keyword-only parameters, each with its type."""
    function = make.__init__ if inspect.isclass(make) else make
    hints = typing.get_type_hints(function)
    parameters = inspect.signature(make).parameters.values()
    return {p.name: hints[p.name] for p in parameters if p.kind is p.KEYWORD_ONLY}


def complete(catalogue: Mapping[str, Callable[..., Any]], spec: Spec) -> Spec:
    """The same spec with every default written out, so that a default changed later cannot change an old model."""
    make = catalogue[pick(spec.kind, catalogue, f"{spec.where}.kind")]
    parameters = inspect.signature(make).parameters
    defaults = {name: parameters[name].default for name in recipe_options(make)}
    return replace(spec, options={**defaults, **spec.options})
