"""A table of windows that is cut, spoilt or of another kind: the report says it in one line and writes nothing."""

import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from told_windows import make_evaluation

from fabula import files
from fabula.cli import main
from fabula.errors import FabulaError
from fabula.report.evaluated import read_table

WINDOWS = 16
BROKEN = "no table of windows that can be read; evaluate the run again"


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """With boards, so that all readers of the table are asked."""
    folder = make_evaluation(tmp_path_factory.mktemp("whole") / "run", WINDOWS, 0, words=8)
    frame = {"caption": "it rained", "picture": None}
    board = {"place": "best", "window": 3, "story_id": "tale-0", "number": 8, "context": [frame], "true": frame}
    files.write_json(folder / "boards.json", [{**board, "told": {"model": frame}}])
    return folder


@pytest.fixture
def run(whole, tmp_path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "run"))


def said(capsys, run: Path) -> str:
    """One line about the table, and no page."""
    page = run.parent / "page.html"
    assert main(["report", str(run), "--out", str(page)]) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"fabula: {run / 'windows.parquet'}: ")
    assert err.count("\n") == 1
    assert not page.exists()
    return err


def test_the_whole_one_is_reported(run):
    assert main(["report", str(run), "--out", str(run.parent / "page.html")]) == 0


@pytest.mark.parametrize("share", [0, 0.001, 0.3, 0.9, 0.9999])
def test_a_table_that_is_cut(capsys, run, share):
    path = run / "windows.parquet"
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    assert BROKEN in said(capsys, run)


@pytest.mark.parametrize("boards", [True, False])
def test_another_file_of_this_name(capsys, run, boards):
    (run / "windows.parquet").write_text("window,story_id\n0,a\n")
    if not boards:
        (run / "boards.json").unlink()
    assert BROKEN in said(capsys, run)


def refusal(path: Path) -> str:
    """What is said of a table; nothing where all of it can be read."""
    try:
        read_table(path).to_pylist()
    except FabulaError as error:
        return str(error)
    return ""


def test_bytes_that_were_changed_are_one_sentence_or_harm_nothing(run):
    path = run / "windows.parquet"
    whole = path.read_bytes()
    dice = np.random.default_rng(0)
    told = []
    for place in dice.integers(4, len(whole) - 8, 150):
        path.write_bytes(whole[:place] + bytes(dice.integers(0, 256, 8, np.uint8)) + whole[place + 8 :])
        told.append(refusal(path))
    assert sum(map(bool, told)) > 20
    assert all(said.startswith(str(path)) and "\n" not in said for said in told if said)


def test_a_table_of_an_older_version_has_fewer_columns(run):
    path = run / "windows.parquet"
    names = [name for name in pq.read_schema(path).names if "." not in name]
    pq.write_table(pq.read_table(path, columns=names), path)
    assert main(["report", str(run), "--out", str(run.parent / "page.html")]) == 0


KINDS = {
    "window": lambda column: column.cast("string"),
    "number": lambda column: column.cast("float64"),
    "truth": lambda column: pa.array([None, *column.to_pylist()[1:]], "string"),
    "caption": lambda column: pa.array(range(len(column))),
    "picture.mae": lambda column: pa.array(["x"] * len(column)),
}


@pytest.mark.parametrize("name", KINDS)
def test_a_column_of_another_kind(capsys, run, name):
    path = run / "windows.parquet"
    rows = pq.read_table(path)
    pq.write_table(rows.set_column(rows.column_names.index(name), name, KINDS[name](rows[name])), path)
    err = said(capsys, run)
    assert BROKEN in err or f"column '{name}': expected" in err


@pytest.mark.parametrize("name", ["window", "story_id", "number", "teller", "truth", "caption"])
def test_a_column_that_is_absent(capsys, run, name):
    path = run / "windows.parquet"
    pq.write_table(pq.read_table(path).drop_columns([name]), path)
    err = said(capsys, run)
    assert BROKEN in err or f"no column '{name}'" in err
