"""Turn plain data (from YAML) into typed values. All that is wrong is found in one reading, each with its place."""

from __future__ import annotations

import dataclasses
import json
import math
import types
import typing
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, NamedTuple, Union

from pydantic import ConfigDict, TypeAdapter, ValidationError

from fabula.errors import FabulaError, unknown
from fabula.story import Size

WORDS = {  # pydantic's name for a mistake -> what was expected
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "string_type": "a text",
    "path_type": "a path",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a section",
    "none_required": "null",
}


class Problem(NamedTuple):
    """What is wrong, and at which dotted path."""

    path: str
    said: str

    def __str__(self) -> str:
        return f"{self.path}: {self.said}" if self.path else self.said


def convert(value: Any, hint: Any, where: str) -> Any:
    """Return `value` as `hint` asks. FabulaError names every problem, one a line, each with its dotted path."""
    problems: list[Problem] = []
    converted = read(value, hint, where, problems)
    if problems:
        raise FabulaError("\n".join(map(str, problems)))
    return converted


def read(value: Any, hint: Any, path: str, problems: list[Problem]) -> Any:
    """Like `convert`, but adds what is wrong to `problems` and goes on; the value is of use only if none was added."""
    if _accepts_none(hint):
        return None if value is None else read(value, _without_none(hint), path, problems)
    if hint is Size:
        return _read_size(value, path, problems)
    if isinstance(hint, type) and hasattr(hint, "from_recipe"):
        return _read_own(value, hint, path, problems)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _read_section(value, hint, path, problems)
    if typing.get_origin(hint) in (dict, Mapping) and dataclasses.is_dataclass(typing.get_args(hint)[1]):
        return _read_named_sections(value, typing.get_args(hint)[1], path, problems)
    return _read_value(value, hint, path, problems)


def _read_section(value: Any, cls: Any, path: str, problems: list[Problem]) -> Any:
    if not isinstance(value, Mapping):
        problems.append(Problem(path, f"expected a section, got {short(value)}"))
        return None
    before = len(problems)
    hints = typing.get_type_hints(cls, include_extras=True)
    problems += [Problem(join(path, key), unknown(key, hints)) for key in value if key not in hints]
    missing = [f.name for f in dataclasses.fields(cls) if _is_required(f) and f.name not in value]
    problems += [Problem(join(path, name), "missing; it has no default") for name in missing]
    known = {key: read(value[key], hints[key], join(path, key), problems) for key in value if key in hints}
    return cls(**known) if len(problems) == before else None


def _read_named_sections(value: Any, cls: type, path: str, problems: list[Problem]) -> dict[str, Any]:
    """A section whose names are free; an entry of null takes an inherited one away."""
    if not isinstance(value, Mapping):
        problems.append(Problem(path, f"expected a section, got {short(value)}"))
        return {}
    return {name: read(v, cls, join(path, name), problems) for name, v in value.items() if v is not None}


def _read_own(value: Any, cls: Any, path: str, problems: list[Problem]) -> Any:
    try:
        return cls.from_recipe(value, path)
    except FabulaError as error:
        problems.append(Problem(path, str(error).removeprefix(f"{path}: ")))
        return None


def _read_size(value: Any, path: str, problems: list[Problem]) -> Size | None:
    sides = value.lower().split("x") if isinstance(value, str) else value
    try:
        height, width = (int(str(side)) for side in sides)
        if min(height, width) >= 1:
            return Size(height, width)
    except (TypeError, ValueError):
        pass
    problems.append(Problem(path, f"expected HEIGHTxWIDTH in pixels, such as 60x125, got {short(value)}"))
    return None


def _read_value(value: Any, hint: Any, path: str, problems: list[Problem]) -> Any:
    try:
        return _adapter(hint).validate_json(json.dumps(_whole(value), default=str))
    except ValidationError as error:
        problems += _problems(error, value, hint, path)
        return None


@cache
def _adapter(hint: Any) -> TypeAdapter[Any]:
    """Strict, and read as JSON, so that a list may stand for a tuple but a word never for a number."""
    return TypeAdapter(hint, config=ConfigDict(strict=True, allow_inf_nan=False))


def _whole(value: Any) -> Any:
    """1e4 is a float in YAML, and means 10000."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value) if value or math.copysign(1, value) > 0 else value
    if isinstance(value, Mapping):
        return {str(key): _whole(part) for key, part in value.items()}
    return [_whole(part) for part in value] if isinstance(value, list | tuple) else value


def _problems(error: ValidationError, value: Any, hint: Any, path: str) -> list[Problem]:
    if typing.get_origin(hint) is Literal:
        return [Problem(path, unknown(value, typing.get_args(hint)))]
    if typing.get_origin(hint) in (Union, types.UnionType):
        expected = dict.fromkeys(_expected(e) for e in error.errors())
        return [Problem(path, f"expected {' or '.join(expected)}, got {short(value)}")]
    places = [(e, "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in e["loc"])) for e in error.errors()]
    return [Problem(path + place, f"expected {_expected(e)}, got {short(e['input'])}") for e, place in places]


def _expected(error: Any) -> str:
    said = str(error["msg"])
    return WORDS.get(error["type"]) or said.removeprefix("Input should be ").removeprefix("Value error, ")


def short(value: Any) -> str:
    """A value as an error message shows it: its repr, cut where it is long."""
    said = repr(value)
    return said if len(said) <= 80 else f"{said[:77]}..."


def join(path: str, key: Any) -> str:
    return f"{path}.{key}" if path else str(key)


def _is_required(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _accepts_none(hint: Any) -> bool:
    return typing.get_origin(hint) in (Union, types.UnionType) and type(None) in typing.get_args(hint)


def _without_none(hint: Any) -> Any:
    return Union[tuple(part for part in typing.get_args(hint) if part is not type(None))]  # noqa: UP007
