"""What two scorers have seen is not compared, and it is said; all else is."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from evaluated import EACH, STORIES, edit, errors, run

from fabula.cli import main
from fabula.compare import compare, read_sides
from fabula.compare.protocol import SEEN, refusal
from fabula.compare.words import notes
from fabula.metrics import MEASURES
from fabula.metrics.seen import COLUMNS

SHIPPED = {"name": "shipped", "digest": "92337fcaf1395dff", "dim": 128}
MINE = {"name": "mine", "digest": "0123456789abcdef", "dim": 128}
FRECHET = {"scorer.frechet": {"value": 0.3}, "scorer.kid": {"value": 0.1}}


def seen(folder, scorer, seed=0):
    """A run whose told frames this scorer has looked at."""
    run(folder)
    path = folder / "evaluation" / "windows.parquet"
    table, dice = pq.read_table(path), np.random.default_rng(seed)
    for name in COLUMNS:
        column = np.ones(len(table)) if name.endswith("asked") else dice.uniform(0.2, 1, len(table))
        table = table.set_column(table.column_names.index(name), name, pa.array(column))
    pq.write_table(table, path)
    edit(folder, lambda scores: scores.update(scorer=scorer))
    edit(folder, lambda scores: scores["tellers"]["model"]["metrics"].update(FRECHET))
    return folder


def compared(*folders):
    return compare(read_sides([str(folder) for folder in folders]))


def test_the_measures_of_a_scorer_are_known():
    assert {"retrieval.caption.r1", "agreement.share", "scorer.frechet", "scorer.kid"} <= SEEN <= set(MEASURES)
    assert all(name.startswith(("retrieval.", "agreement.", "scorer.")) for name in SEEN)
    assert {name for name in MEASURES if name.startswith(("retrieval.", "agreement.", "scorer."))} == SEEN


def test_what_one_scorer_saw_is_compared(tmp_path):
    again = {**SHIPPED, "name": "a copy of it elsewhere"}
    found = compared(seen(tmp_path / "one", SHIPPED), seen(tmp_path / "two", again, seed=1))
    with_columns = {name for name in SEEN if MEASURES[name].reads}
    assert with_columns <= set(found["differences"]["two"])
    assert "two" not in found["left_out"]


@pytest.mark.parametrize("other", [MINE, None])
def test_what_two_scorers_saw_is_left_out_and_said(tmp_path, other):
    found = compared(seen(tmp_path / "one", SHIPPED), seen(tmp_path / "two", other, seed=1))
    assert not SEEN & set(found["differences"]["two"])
    assert not SEEN & set(found["values"]["two"])
    assert set(found["left_out"]["two"]) == SEEN
    assert {"picture.mae", "caption.chrf", "caption.log_loss_word"} <= set(found["differences"]["two"])
    [said] = [note for note in notes(found) if "two scorers" in note]
    assert "shipped (92337fca) there" in said
    assert ("mine (01234567) here" if other else "one unknown here") in said


def test_the_first_keeps_its_own_values_for_those_of_its_scorer(tmp_path):
    folders = [seen(tmp_path / name, scorer) for name, scorer in (("a", SHIPPED), ("b", MINE), ("c", SHIPPED))]
    found = compared(*folders)
    assert "agreement.share" in found["values"]["a"]
    assert "agreement.share" in found["differences"]["c"]
    assert "agreement.share" not in found["values"]["b"]
    assert list(found["left_out"]) == ["b"]


def test_a_study_refuses_them_too(tmp_path):
    scores = [read_sides([str(seen(tmp_path / s["name"], s))] * 2)[0].scores for s in (SHIPPED, MINE)]
    assert "two scorers" in refusal("retrieval.caption.r1", *scores)
    assert refusal("picture.mae", *scores) is None
    assert refusal("retrieval.caption.r1", scores[0], scores[0]) is None


def test_the_command_says_it(tmp_path, capsys):
    one, two = seen(tmp_path / "one", SHIPPED), seen(tmp_path / "two", MINE)
    assert main(["compare", str(one), str(two), "--out", str(tmp_path / "out")]) == 0
    assert "two scorers" in " ".join(capsys.readouterr().out.split())
    assert "two scorers" in (tmp_path / "out" / "compare.html").read_text("utf-8")
    held = json.loads((tmp_path / "out" / "compare.json").read_text("utf-8"))
    assert "two scorers" in held["left_out"]["two"]["scorer.frechet"]


def test_a_scorer_that_is_no_object_is_one_line(tmp_path, capsys):
    one, two = run(tmp_path / "one"), run(tmp_path / "two", errors() + np.ones(STORIES * EACH))
    edit(two, lambda scores: scores.update(scorer="shipped"))
    assert main(["compare", str(one), str(two)]) == 2
    assert "scorer: expected a JSON object, got 'shipped'" in capsys.readouterr().err
