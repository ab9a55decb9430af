"""Open a source of stories by its name: the same string everywhere."""

from __future__ import annotations

import difflib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from fabula.data.source import Source
from fabula.data.splits import with_validation
from fabula.errors import FabulaError, unknown

if TYPE_CHECKING:
    from fabula.recipe import Data

KINDS = ("world", "hub", "parquet", "jsonl", "folder")
FORMS = "world, hub:OWNER/NAME[@REVISION], parquet:PATH, jsonl:PATH, folder:PATH, or a path"
LINES = (".jsonl", ".ndjson")


def open_source(name: str, data: Data | None = None) -> Source:
    """The source of this name; `data` gives the keys of columns and the settings of the world.

    `world`, `hub:OWNER/NAME[@REVISION]`, `parquet:PATH`, `jsonl:PATH`, `folder:PATH`, or the bare path of something
    that exists. What holds no splits has the one split `all`. Where there are `train` and `test` alone, `validation`
    is carved out of `train` (see splits.py). Errors: FabulaError for a name, path or column that is not there.
    """
    kind, colon, rest = name.partition(":")
    if name == "world":
        source = _world(data)
    elif colon and kind == "hub":
        source = _hub(rest, data)
    elif colon and kind in KINDS[2:]:
        source = _local(kind, _existing(rest, name), name, data)
    elif name and Path(name).expanduser().exists():
        path = Path(name).expanduser()
        source = _local(_kind_of(path), path, name, data)
    else:
        raise FabulaError(_nobody(name))
    return with_validation(source)


def of_source(data: Data, source: str, **keys: str | None) -> Data:
    """The same data section for another source, whose columns go by their usual names or by the `..._key` given."""
    if source == data.source and not any(keys.values()):
        return data
    return replace(data, **{"frames_key": None, "captions_key": None, "reason_key": None, **keys, "source": source})


def _world(data: Data | None) -> Source:
    from fabula.data.world import WorldSource

    return WorldSource(data)


def _hub(rest: str, data: Data | None) -> Source:
    from fabula.data.hub import open_hub

    return open_hub(rest, data)


def _local(kind: str, path: Path, name: str, data: Data | None) -> Source:
    if kind == "parquet":
        from fabula.data.parquet import ParquetSource

        return ParquetSource(path, data, name=name)
    if kind == "jsonl":
        from fabula.data.jsonl import LinesSource

        return LinesSource(path, data, name=name)
    from fabula.data.folder import FolderSource

    return FolderSource(path, data, name=name)


def _existing(text: str, name: str) -> Path:
    path = Path(text).expanduser()
    if text and path.exists():
        return path
    raise FabulaError(f"{name}: no file or folder {text!r}{_sibling(path)}")


def _sibling(path: Path) -> str:
    """What was probably meant, of what lies beside."""
    beside = [file.name for file in path.parent.iterdir()] if path.parent.is_dir() else []
    close = difflib.get_close_matches(path.name, beside, n=1)
    return f". Did you mean {str(path.with_name(close[0]))!r}?" if close else ""


def _kind_of(path: Path) -> str:
    """What a bare path is: by the name of the file, or by the files in the folder."""
    if path.is_file():
        if path.suffix.lower() == ".parquet":
            return "parquet"
        if path.suffix.lower() in LINES:
            return "jsonl"
        raise FabulaError(f"{path}: neither a .parquet nor a .jsonl file nor a folder; sources are {FORMS}")
    kinds = {file.suffix.lower() for file in path.rglob("*") if not file.name.startswith(".")}
    found = [kind for kind, is_there in (("parquet", ".parquet" in kinds), ("jsonl", kinds & {*LINES})) if is_there]
    if len(found) > 1:
        raise FabulaError(f"{path}: holds parquet and jsonl files; say which: parquet:{path} or jsonl:{path}")
    return found[0] if found else "folder"


def _nobody(name: str) -> str:
    kind, colon, _ = name.partition(":")
    if kind == "world":
        return f"source: {name!r}; the world is called 'world' alone, its settings are data.world of a recipe"
    if colon or (name == Path(name).stem and difflib.get_close_matches(name, KINDS, n=1)):
        return f"source: {unknown(kind, KINDS)}"
    return f"source: no file or folder {name!r}{_sibling(Path(name))}; sources are {FORMS}"
