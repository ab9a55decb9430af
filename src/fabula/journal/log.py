"""The log of a run: one JSON line an event, `{"event": "train" or "validation", "step": ..., ...}`."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fabula import files

Row = dict[str, Any]


class Log:
    """Rows are appended as they come; rows of steps after `step` are of a broken run, and are dropped first."""

    def __init__(self, path: Path, step: int) -> None:
        self.path = path
        found = read_log(path)
        self.rows = [row for row in found if row["step"] <= step]
        files.write_lines(path, self.rows)
        with files.said("write", path):
            self._file = path.open("a", encoding="utf-8", buffering=1)

    def add(self, row: Row) -> None:
        self.rows.append(row)
        with files.said("write", self.path):
            self._file.write(json.dumps(row) + "\n")

    @property
    def seconds(self) -> float:
        """How long the run has taken, over all its sessions, to its last row."""
        return self.rows[-1]["seconds"] if self.rows else 0.0

    def close(self) -> None:
        with files.said("write", self.path):
            self._file.close()


def read_log(path: Path) -> list[Row]:
    """The whole rows of a log; a last line that was cut by a kill is passed over."""
    rows: list[Row] = []
    for line in files.read_text(path).split("\n") if path.is_file() else []:
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            continue
        if isinstance(row, dict) and isinstance(row.get("step"), int):
            rows.append(row)
    return rows


def by_validation(rows: Iterable[Row]) -> list[Row]:
    """One row a validation: its measures as `validation_NAME`, and as `train_NAME` the means of the steps since."""
    table: list[Row] = []
    since: list[Row] = []
    for row in rows:
        if row["event"] == "train":
            since.append(row)
        elif row["event"] == "validation":
            table.append({**_head(row), **_means(since), **_measures(row)})
            since = []
    return table


def _head(row: Row) -> Row:
    return {name: row[name] for name in ("step", "epoch", "seconds")}


def _measures(row: Row) -> Row:
    return {f"validation_{name}": value for name, value in row["measures"].items()}


def _means(rows: list[Row]) -> Row:
    if not rows:
        return {}
    names = dict.fromkeys(name for row in rows for name in row["losses"])
    seen = {name: [row["losses"][name] for row in rows if name in row["losses"]] for name in names}
    means = {f"train_{name}": sum(values) / len(values) for name, values in seen.items()}
    return {**means, "learning_rate": rows[-1]["learning_rate"]}


def write_metrics(path: Path, rows: Iterable[Row]) -> None:
    """metrics.csv, from the rows of a log."""
    table = by_validation(rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(name for row in table for name in row)), lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    files.write_text(path, text.getvalue())
