"""Evaluations that are cut, foreign or older: `report` and `compare` say it in one line, and write nothing."""

import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from evaluated import run

from fabula.cli import main


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("whole") / "run"
    run(folder)
    return folder


def scores(change):
    def harm(folder: Path) -> None:
        held = json.loads((folder / "scores.json").read_text())
        change(held)
        (folder / "scores.json").write_text(json.dumps(held))

    return harm


def table(change):
    def harm(folder: Path) -> None:
        path = folder / "windows.parquet"
        pq.write_table(change(pq.read_table(path)), path)

    return harm


def cut(name):
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:100])


def model(**changes):
    return scores(lambda held: held["tellers"]["model"].update(changes))


BROKEN = {  # what is done to the evaluation -> what is said
    "cut scores": (cut("scores.json"), "not JSON"),
    "no object": (lambda folder: (folder / "scores.json").write_text("[]"), "expected a JSON object, got []"),
    "tellers": (scores(lambda held: held.update(tellers=[])), "tellers: expected a JSON object, got []"),
    "no metrics": (scores(lambda held: held["tellers"]["model"].pop("metrics")), "tellers.model has no metrics"),
    "metrics": (model(metrics=None), "tellers.model.metrics: expected a JSON object, got None"),
    "entry": (model(metrics={"picture.mae": 3}), "metrics.picture.mae: expected a JSON object, got 3"),
    "no value": (model(metrics={"picture.mae": {}}), "metrics.picture.mae has no value"),
    "value": (model(metrics={"picture.mae": {"value": "x"}}), "picture.mae.value: expected a number, got 'x'"),
    "protocol": (scores(lambda held: held.update(protocol=None)), "protocol: expected a JSON object, got None"),
    "gains": (scores(lambda held: held.update(gains=[])), "gains: expected a JSON object"),
    "verdict": (scores(lambda held: held.update(verdict="fine")), "verdict: expected a list, got 'fine'"),
    "ordering": (scores(lambda held: held.update(ordering={"x": 1})), "ordering.x: expected a JSON object, got 1"),
    "probes": (
        scores(lambda held: held.update(probes={"model": {"conditions": {"shuffled": 3}}})),
        "probes.model.conditions.shuffled: expected a JSON object, got 3",
    ),
}
TABLES = {  # what only those find that read the table
    "cut windows": (cut("windows.parquet"), "no table of windows that can be read"),
    "no number": (table(lambda rows: rows.drop_columns(["number"])), "no column 'number'"),
    "no teller": (table(lambda rows: rows.drop_columns(["teller"])), "no table of windows that can be read"),
    "other kind": (
        table(lambda rows: rows.set_column(rows.column_names.index("number"), "number", rows["number"].cast("string"))),
        "column 'number': expected int64 in every row, got string",
    ),
    "no rows": (table(lambda rows: rows.slice(0, 0)), "no window in it that this one has told"),
    "boards": (lambda folder: (folder / "boards.json").write_text("[{}]"), "board 1: window: expected a whole number"),
}


def refused(capsys, *arguments: object) -> str:
    assert main([str(argument) for argument in arguments]) == 2
    said = capsys.readouterr().err
    assert said.startswith("fabula: ")
    assert said.count("\n") == 1
    return said


def broken(whole: Path, tmp_path: Path, harm) -> Path:
    folder = Path(shutil.copytree(whole, tmp_path / "run"))
    harm(next(folder.rglob("scores.json")).parent)
    return folder


@pytest.mark.parametrize("kind", BROKEN)
def test_report_says_what_is_broken(whole, tmp_path, capsys, kind):
    harm, said = BROKEN[kind]
    assert said in refused(capsys, "report", broken(whole, tmp_path, harm), "--out", tmp_path / "page.html")
    assert not (tmp_path / "page.html").exists()


@pytest.mark.parametrize("kind", [*BROKEN, *TABLES])
def test_compare_says_what_is_broken(whole, tmp_path, capsys, kind):
    harm, said = {**BROKEN, **TABLES}[kind]
    folder = broken(whole, tmp_path, harm)
    found = refused(capsys, "compare", whole, folder, "--out", tmp_path / "out")
    assert said in found
    assert str(folder) in found
    assert not (tmp_path / "out").exists()
