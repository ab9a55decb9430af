"""Build components that a recipe names.

A component is an ordinary class. What stands before the star in its constructor is given
by the code that assembles the model; what stands after it is chosen by the recipe:

    class GRUTemporal(Temporal):
        def __init__(self, dim: int, *, layers: int = 1, dropout: float = 0.0): ...

    temporal: {kind: gru, layers: 2}

So the signature is the schema, and an option is declared in one place only. Beside the options, `from` names a
finished run that the component's weights are taken from, and `frozen: true` keeps them as they are.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from fabula.errors import FabulaError, unknown
from fabula.schema import Problem, join, read, short

T = TypeVar("T")
Catalogue = Mapping[str, Callable[..., Any]]
BESIDE = ("from", "frozen")  # what a section may hold beside its kind and its options


@dataclass(frozen=True)
class Spec:
    """One component as a recipe writes it: its kind, its options as plain data, and where it was written.

    `origin` is the folder of a run or bundle that its first weights come from, empty: they are drawn.
    """

    kind: str
    options: Mapping[str, Any] = field(default_factory=dict)
    where: str = field(default="recipe", compare=False)
    origin: str = ""
    frozen: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "options", {name: plain(value) for name, value in self.options.items()})

    @classmethod
    def from_recipe(cls, entry: Any, where: str) -> Spec:
        if isinstance(entry, str) and entry:
            return cls(entry, {}, where)
        if not isinstance(entry, Mapping) or not isinstance(entry.get("kind"), str):
            raise FabulaError(f"{where}: expected a name or a section with 'kind', got {short(entry)}")
        options = {name: value for name, value in entry.items() if name not in ("kind", *BESIDE)}
        return cls(entry["kind"], options, where, *_beside(entry, where))

    def plain(self) -> dict[str, Any]:
        """The section that `from_recipe` reads."""
        beside = {"from": self.origin} if self.origin else {}
        return {"kind": self.kind, **beside, **({"frozen": True} if self.frozen else {}), **self.options}


def _beside(entry: Mapping[str, Any], where: str) -> tuple[str, bool]:
    origin, frozen = entry.get("from", ""), entry.get("frozen", False)
    if not isinstance(origin, str):
        raise FabulaError(f"{join(where, 'from')}: expected the folder of a run, got {short(origin)}")
    if not isinstance(frozen, bool):
        raise FabulaError(f"{join(where, 'frozen')}: expected true or false, got {short(frozen)}")
    return origin, frozen


def plain(value: Any) -> Any:
    """An option as YAML holds it, lists as tuples: what was read back equals what was written."""
    if isinstance(value, Spec):
        return value.plain()
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return tuple(plain(part) for part in value)
    return str(value) if isinstance(value, Path) else value


def build(catalogue: Mapping[str, Callable[..., T]], spec: Spec, *given: Any) -> T:
    """Make the component that `spec` names, from what the code gives and what the recipe chose."""
    options, problems = _options(catalogue, spec)
    if problems:
        raise FabulaError("\n".join(map(str, problems)))
    return catalogue[spec.kind](*given, **options)


def problems_of(catalogue: Catalogue, spec: Spec) -> list[Problem]:
    """Everything that would keep `build` from making this component, each with its dotted path."""
    return _options(catalogue, spec)[1]


def _options(catalogue: Catalogue, spec: Spec) -> tuple[dict[str, Any], list[Problem]]:
    if spec.kind not in catalogue:
        return {}, [Problem(join(spec.where, "kind"), unknown(spec.kind, catalogue))]
    make = catalogue[spec.kind]
    choices, problems = recipe_options(make), []
    for name in spec.options.keys() - choices.keys():
        said = unknown(name, choices) if choices else f"{spec.kind!r} has no options"
        problems.append(Problem(join(spec.where, name), said))
    missing = [p.name for p in _chosen(make) if p.default is p.empty and p.name not in spec.options]
    problems += [Problem(join(spec.where, name), f"missing; {spec.kind!r} has no default for it") for name in missing]
    known = [name for name in spec.options if name in choices]
    options = {name: read(spec.options[name], choices[name], join(spec.where, name), problems) for name in known}
    return options, problems


def recipe_options(make: Callable[..., Any]) -> dict[str, Any]:
    """The options that a recipe may set: the keyword-only parameters, each with its type."""
    function = make.__init__ if inspect.isclass(make) else make
    hints = typing.get_type_hints(function, include_extras=True)
    return {p.name: hints[p.name] for p in _chosen(make)}


def _chosen(make: Callable[..., Any]) -> list[inspect.Parameter]:
    return [p for p in inspect.signature(make).parameters.values() if p.kind is p.KEYWORD_ONLY]


def complete(catalogue: Catalogue, spec: Spec) -> Spec:
    """The same spec with every default written out, so that a default changed later cannot change an old model."""
    if spec.kind not in catalogue:
        raise FabulaError(f"{join(spec.where, 'kind')}: {unknown(spec.kind, catalogue)}")
    defaults = {p.name: p.default for p in _chosen(catalogue[spec.kind]) if p.default is not p.empty}
    return replace(spec, options={**defaults, **spec.options})
