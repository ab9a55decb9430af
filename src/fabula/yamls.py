"""YAML both ways. What is read knows the file and line of every value; trees merge, the later one wins."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.scalarfloat import ScalarFloat
from ruamel.yaml.scalarint import ScalarInt
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, ScalarString

from fabula.errors import FabulaError
from fabula.files import read_text

DEEPEST = 40
ORDINARY = re.compile(r"[A-Za-z0-9_./]([A-Za-z0-9_./:@+ -]*[A-Za-z0-9_./])?")  # texts that may go without quotes


class Tree(NamedTuple):
    """Plain nested values, and where each was written: dotted path -> `file:line` or `command line`."""

    values: dict[str, Any]
    places: dict[str, str]

    def place(self, path: str) -> str:
        """Where `path`, or something in it, or else the nearest section around it was written; empty if nowhere."""
        while path and path not in self.places:
            inside = (place for written, place in self.places.items() if written.startswith(f"{path}."))
            if found := next(inside, None):
                return found
            path = path.rpartition(".")[0]
        return self.places.get(path, "")


def read_tree(path: Path) -> Tree:
    """A YAML file (version 1.2; a key that stands twice is refused) whose top is a section."""
    try:
        marked = _reader().load(read_text(path))
    except DuplicateKeyError as error:
        key = str(error.problem).partition('"')[2].partition('"')[0]
        raise FabulaError(f"{path}:{_line(error)}: the key {key!r} stands twice") from error
    except MarkedYAMLError as error:
        raise FabulaError(f"{path}:{_line(error)}: not YAML: {error.problem or error.context}") from error
    except (YAMLError, RecursionError, ValueError) as error:
        raise FabulaError(f"{path}: not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(marked, CommentedMap):
        raise FabulaError(f"{path}: expected a section (`key: value` lines), got {type(marked).__name__}")
    places: dict[str, str] = {}
    return Tree(_unmark(marked, "", str(path), places, 0), places)


def _reader() -> YAML:
    return YAML(typ="rt", pure=True)


def _line(error: MarkedYAMLError) -> int:
    mark: Any = error.problem_mark or error.context_mark
    return mark.line + 1 if mark else 1


def _unmark(value: Any, path: str, file: str, places: dict[str, str], depth: int) -> Any:
    """The bare values; `places` takes their lines on the way."""
    if depth > DEEPEST:
        raise FabulaError(f"{file}: {path[:60]}...: nested deeper than {DEEPEST} levels")
    if isinstance(value, CommentedMap):
        below = {key: f"{path}.{key}" if path else str(key) for key in value}
        own = value.lc.data or {}
        places.update({below[key]: f"{file}:{mark[0] + 1}" for key, mark in own.items() if key in below})
        return {str(key): _unmark(part, below[key], file, places, depth + 1) for key, part in value.items()}
    if isinstance(value, CommentedSeq):
        return [_unmark(part, f"{path}[{i}]", file, places, depth + 1) for i, part in enumerate(value)]
    return _bare(value)


def _bare(value: Any) -> Any:
    for marked, bare in ((ScalarFloat, float), (ScalarInt, int), (ScalarString, str)):
        if isinstance(value, marked):
            return bare(value)
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def merge(below: Tree, above: Tree) -> Tree:
    """`above` laid over `below`."""
    covered = tuple(f"{path}." for path, value in _values(above.values) if not isinstance(value, Mapping))
    kept = {path: place for path, place in below.places.items() if not path.startswith(covered)}
    return Tree(_merge(below.values, above.values), {**kept, **above.places})


def _values(tree: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value with its dotted path, sections before what is in them."""
    for key, value in tree.items():
        below = f"{path}.{key}" if path else key
        yield below, value
        if isinstance(value, Mapping):
            yield from _values(value, below)


def _merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Sections merge; one whose `kind` or `from` changes is replaced, and a name stands for a section of that kind."""
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        old = {"kind": old} if isinstance(old, str) else old
        if isinstance(value, Mapping) and isinstance(old, Mapping) and _same_kind(old, value):
            value = _merge(old, value)
        merged[key] = value
    return merged


def _same_kind(below: Mapping[str, Any], above: Mapping[str, Any]) -> bool:
    if "from" in above and "kind" not in above:
        return above["from"] == below.get("from")
    return "kind" not in above or above["kind"] == below.get("kind", above["kind"])


def command_line(overrides: Iterable[str]) -> Tree:
    """The tree that dotted overrides spell, as in `model.dim=512`; the values are YAML."""
    values: dict[str, Any] = {}
    places: dict[str, str] = {}
    for override in overrides:
        path, equals, text = override.partition("=")
        names = path.strip().split(".")
        if not equals or not all(names):
            raise FabulaError(f"command line: {override!r}: an override is written key=value, as in train.steps=500")
        _put(values, names, _value(text, override))
        places[".".join(names)] = "command line"
    return Tree(values, places)


def _value(text: str, override: str) -> Any:
    try:
        return _unmark(_reader().load(text), "", "command line", {}, 0)
    except (YAMLError, RecursionError, ValueError) as error:
        if isinstance(error, FabulaError):
            raise
        raise FabulaError(f"command line: {override!r}: the value is not YAML; put it in quotes") from error


def _put(values: dict[str, Any], names: list[str], value: Any) -> None:
    for name in names[:-1]:
        below = values.get(name)
        values[name] = {"kind": below} if isinstance(below, str) else below if isinstance(below, dict) else {}
        values = values[name]
    values[names[-1]] = value


def written(values: Mapping[str, Any]) -> str:
    """Plain values as YAML text that reads back to equal values; `null` is spelled out."""
    yaml = YAML(typ="rt", pure=True)
    yaml.default_flow_style = None  # lists of plain values on one line
    yaml.width = 100_000  # no line is broken
    yaml.allow_unicode = True
    yaml.representer.add_representer(
        type(None), lambda representer, _: representer.represent_scalar("tag:yaml.org,2002:null", "null")
    )
    text = io.StringIO()
    yaml.dump(_quoted(values), text)
    return text.getvalue()


def _quoted(value: Any) -> Any:
    """All but ordinary texts in double quotes, where every letter has its escape and none is lost."""
    if isinstance(value, Mapping):
        return {_quoted(key): _quoted(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_quoted(part) for part in value]
    return DoubleQuotedScalarString(value) if isinstance(value, str) and not ORDINARY.fullmatch(value) else value
