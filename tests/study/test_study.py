"""A whole study of the smallest recipe: one arm of three fails; stopped inside a run and resumed, it ends the same."""

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

from forks import Forked, Interrupting, plain
from smallest import RECIPE

from fabula.cli import main
from fabula.compare.windows import read_windows
from fabula.metrics import MEASURES

PLAN = f"""
name: tiny-study
parent: {RECIPE}
overrides: [data.world.test=2]
arms:
  baseline: []
  louder: [train.learning_rate=2e-2, model.caption_decoder=null, losses.caption=null]
  wild: [train.learning_rate=1e30]
seeds: [0, 1]
budget: {{steps: 6}}
measures: [picture.mae, picture.sharpness, picture.distinct, caption.perplexity_word, caption.bleu]
limit: 8
"""
TIMES = ("cost", "floors_cost", "speed")


def ablated(folder: Path, plan: Path, *more: str) -> int:
    try:
        return main(["ablate", str(plan), "--run", str(folder), "--jobs", "2", *more])
    except SystemExit as ending:
        return int(ending.code or 0)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plan") / "plan.yaml"
    path.write_text(PLAN)
    return path


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory, plan: Path) -> tuple[Path, int]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        plain(monkeypatch, Forked)
        folder = tmp_path_factory.mktemp("unbroken") / "study"
        return folder, ablated(folder, plan)


def timeless(value):
    if isinstance(value, dict):
        return {name: timeless(part) for name, part in value.items() if name not in TIMES}
    return [timeless(part) for part in value] if isinstance(value, list) else value


def read(folder: Path) -> dict:
    return json.loads((folder / "study.json").read_text())


def test_an_arm_that_fails_is_told_and_the_others_go_on(unbroken):
    folder, code = unbroken
    study = read(folder)
    assert code == 1
    assert {task.split(".")[0] for task in study["failed"]} == {"world/wild/seed-0", "world/wild/seed-1"}
    assert all("not a finite number" in reason for reason in study["failed"].values())
    (block,) = study["blocks"]
    assert {name: list(arm["seeds"]) for name, arm in block["arms"].items()} == {
        "baseline": ["0", "1"],
        "louder": ["0", "1"],
        "wild": [],
    }
    assert "wild/seed-0.train failed: training stopped at step" in (folder / "table.md").read_text()


def test_values_are_those_of_the_runs(unbroken):
    folder, _ = unbroken
    (block,) = read(folder)["blocks"]
    baseline, louder = block["arms"]["baseline"], block["arms"]["louder"]
    for name, arm in (("baseline", baseline), ("louder", louder)):
        for seed, found in arm["seeds"].items():
            run = folder / "runs" / "world" / name / f"seed-{seed}"
            scores = json.loads((run / "evaluation" / "scores.json").read_text())
            assert list(scores["tellers"]) == ["model"]
            assert found["metrics"]["picture.mae"] == scores["tellers"]["model"]["metrics"]["picture.mae"]["value"]
            assert (found["steps"], found["cost"]["memory_mib"] > 0, found["cost"]["seconds"] > 0) == (6, True, True)
            assert not (run / "bundle" / "floors").exists()
    values = [seed["metrics"]["picture.mae"] for seed in baseline["seeds"].values()]
    assert values[0] != values[1]
    assert baseline["mean"]["picture.mae"]["mean"] == pytest.approx(sum(values) / 2)
    assert louder["seeds"]["0"]["weights"] < baseline["seeds"]["0"]["weights"]
    assert "difference" not in baseline


def test_differences_are_those_of_the_means(unbroken):
    (block,) = read(unbroken[0])["blocks"]
    baseline, louder = block["arms"]["baseline"], block["arms"]["louder"]
    assert set(louder["difference"]) == {"picture.mae", "picture.sharpness"}  # it writes no captions
    for measure, found in louder["difference"].items():
        less = louder["mean"][measure]["mean"] - baseline["mean"][measure]["mean"]
        assert found["value"] == pytest.approx(less)
        assert found["low"] <= found["high"]
    assert not any(name.startswith("caption.") for name in louder["mean"])


def test_what_stands_in_windows_gives_the_scores_again(unbroken):
    """The comparison counts anew from windows.parquet; it must count as the evaluation did."""
    evaluation = unbroken[0] / "runs" / "world" / "baseline" / "seed-0" / "evaluation"
    windows, scores = read_windows(evaluation, "model"), json.loads((evaluation / "scores.json").read_text())
    told = {name: entry["value"] for name, entry in scores["tellers"]["model"]["metrics"].items()}
    counted = {name for name, measure in MEASURES.items() if measure.reads and told.get(name) is not None}
    assert {"picture.mae", "caption.bleu", "caption.meteor", "caption.log_loss_word"} <= counted
    assert {name for name in counted if windows.has(name)} == counted
    sums = {column: values.sum() for column, values in windows.columns.items()}
    again = {name: MEASURES[name].value(sums) for name in counted}
    assert again == pytest.approx({name: told[name] for name in counted})


def test_floors_stand_once_beneath_all_arms(unbroken):
    folder, _ = unbroken
    (block,) = read(folder)["blocks"]
    assert {"copy_last", "language_model", "oracle_best_input"} <= set(block["floors"])
    table = (folder / "table.md").read_text()
    assert table.index("| louder") < table.index("*copy last*")
    page = (folder / "study.html").read_text()
    assert page.count("<polyline") == 9  # loss of two arms and perplexity of one: two seeds and a mean each
    assert "Told by louder" in page


def test_a_study_stopped_in_a_run_and_resumed_is_the_unbroken_one(unbroken, plan, tmp_path, monkeypatch, capsys):
    folder = tmp_path / "study"
    with monkeypatch.context() as stopped:
        plain(stopped, Interrupting)
        assert ablated(folder, plan) == 130
    assert "go on with: fabula ablate" in capsys.readouterr().err
    log = folder / "runs" / "world" / "louder" / "seed-0" / "log.jsonl"
    assert json.loads(log.read_text().strip().split("\n")[-1])["step"] == 3
    assert not (folder / "study.json").exists()
    assert ablated(folder, plan) == 2  # without --resume
    plain(monkeypatch, Forked)
    assert ablated(folder, plan, "--resume") == 1
    assert timeless(read(folder)) == timeless(read(unbroken[0]))


def test_what_is_done_is_not_done_again(unbroken, plan, monkeypatch):
    folder, _ = unbroken
    began = []

    class Noting(Forked):
        def __init__(self, arguments, log):
            began.append(arguments[0])
            super().__init__(arguments, log)

    plain(monkeypatch, Noting)
    before = (folder / "study.json").read_bytes()
    assert ablated(folder, plan, "--resume") == 1
    assert set(began) <= {"train"}  # of the arm that failed
    assert json.loads(before)["blocks"] == read(folder)["blocks"]
