"""The files of an evaluation, looked at before they are believed: of what is broken the place is said, and what to do.

Checked is the form that all that read them count on; what an older version did not write may be absent.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet

from fabula import files
from fabula.errors import FabulaError
from fabula.schema import short

AGAIN = "evaluate the run again: fabula evaluate RUN"
SECTIONS = ("protocol", "truth", "probes", "rollout", "likeness", "gains", "ordering", "diseases")
NEEDED = {  # columns of windows.parquet
    "window": pa.int64(), "story_id": pa.string(), "start": pa.int64(), "number": pa.int64(),
    "teller": pa.string(), "truth": pa.string(), "caption": pa.string(),
}  # fmt: skip
BOARD = {"window": int, "story_id": str, "number": int, "context": list, "true": dict, "told": dict}
WORDS: dict[type, str] = {dict: "a JSON object", list: "a list", int: "a whole number", str: "a text"}


def read_scores(path: Path) -> Mapping[str, Any]:
    """scores.json. FabulaError where it is broken, or a section is not of its form."""
    scores = _of(files.read_json(path), dict, f"{path}")
    for name in SECTIONS:
        if name in scores:
            _of(scores[name], dict, f"{path}: {name}")
    if scores.get("scorer") is not None:  # nobody looked
        _of(scores["scorer"], dict, f"{path}: scorer")
    _of(scores.get("verdict", []), list, f"{path}: verdict")
    for name, teller in _of(scores.get("tellers", {}), dict, f"{path}: tellers").items():
        _check_teller(teller, f"{path}: tellers.{name}")
    _check_metrics(scores.get("truth", {}).get("metrics", {}), f"{path}: truth.metrics")
    for measure, found in scores.get("ordering", {}).items():
        _of(found, dict, f"{path}: ordering.{measure}")
    _check_probes(scores.get("probes", {}), f"{path}: probes")
    return scores


def _check_teller(teller: Any, where: str) -> None:
    if "metrics" not in _of(teller, dict, where):
        raise FabulaError(f"{where} has no metrics; {AGAIN}")
    _check_metrics(teller["metrics"], f"{where}.metrics")


def _check_metrics(metrics: Any, where: str) -> None:
    for name, entry in _of(metrics, dict, where).items():
        _check_entry(entry, f"{where}.{name}")


def _check_entry(entry: Any, where: str) -> None:
    if "value" not in _of(entry, dict, where):
        raise FabulaError(f"{where} has no value; {AGAIN}")
    for side in ("value", "low", "high"):
        number = entry.get(side)
        if number is not None and (isinstance(number, bool) or not isinstance(number, int | float)):
            raise FabulaError(f"{where}.{side}: expected a number, got {short(number)}; {AGAIN}")


def _check_probes(probes: Mapping[str, Any], where: str) -> None:
    for name, asked in probes.items():
        conditions = _of(asked, dict, f"{where}.{name}").get("conditions", {})
        for condition, costs in _of(conditions, dict, f"{where}.{name}.conditions").items():
            _check_metrics(costs, f"{where}.{name}.conditions.{condition}")


def read_boards(path: Path) -> list[Mapping[str, Any]]:
    """boards.json; nothing where it is absent. FabulaError where a board lacks something."""
    boards = _of(files.read_json(path), list, str(path)) if path.exists() else []
    for place, board in enumerate(boards, start=1):
        where = f"{path}: board {place}"
        for name, kind in BOARD.items():
            _of(_of(board, dict, where).get(name), kind, f"{where}: {name}")
    return boards


def read_table(
    path: Path, columns: Sequence[str] | None = None, filters: Any = None, *, also: Collection[str] = ()
) -> pa.Table:
    """Rows of windows.parquet: all columns, or these, and of `also` those that there are, which hold numbers.

    Errors: FabulaError where the file is cut, or a column that is asked for is absent or of another kind.
    """
    table = _table(path, columns, filters, also)
    for name in columns or NEEDED:
        if name not in table.column_names:
            raise FabulaError(f"{path}: no column {name!r}; {AGAIN}")
    for name in table.column_names:
        _check_column(table, name, NEEDED.get(name) or (pa.float64() if name in also else None), path)
    return table


def _table(path: Path, columns: Sequence[str] | None, filters: Any, also: Collection[str]) -> pa.Table:
    broken = f"{path}: no table of windows that can be read; {AGAIN}"
    with files.said("read", path):
        try:
            there = parquet.read_schema(path).names
            wanted = None if columns is None else [name for name in there if name in {*columns, *also}]
            table = parquet.read_table(path, columns=wanted, filters=filters)
            table.validate(full=True)  # that texts are texts
            return table
        except (pa.ArrowException, ValueError, KeyError) as error:
            raise FabulaError(broken) from error
        except OSError as error:
            if error.errno is None:  # what stands in the file, and not the disk
                raise FabulaError(broken) from error
            raise


def _check_column(table: pa.Table, name: str, kind: pa.DataType | None, path: Path) -> None:
    """Of those that are needed only a caption may be absent in some rows: not all tellers write."""
    found = table.schema.field(name).type
    gaps = name in NEEDED and name != "caption" and table[name].null_count
    if kind is not None and (found != kind or gaps):
        came = found if found != kind else "nothing in some"
        raise FabulaError(f"{path}: column {name!r}: expected {kind} in every row, got {came}; {AGAIN}")


def _of(value: Any, kind: type, where: str) -> Any:
    if isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
        return value
    raise FabulaError(f"{where}: expected {WORDS[kind]}, got {short(value)}; {AGAIN}")
