"""A whole run in its folder: what it leaves, what it refuses, and how it stops."""

import csv
import dataclasses
import json
from pathlib import Path

import pytest
from PIL import Image
from smallest import RECIPE, smallest, trained_bytes

from fabula import bundle
from fabula.cli import main
from fabula.errors import FabulaError
from fabula.journal.folder import claimed, differences
from fabula.journal.log import Log, read_log
from fabula.run import run


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("runs") / "one"
    assert main(["train", str(RECIPE), "train.sample_every=100", "--run", str(path)]) == 0
    return path


def rows(run: Path, event: str) -> list[dict]:
    return [row for row in read_log(run / "log.jsonl") if row["event"] == event]


def test_a_run_leaves_all_that_it_promises(finished: Path):
    recipe = smallest("train.sample_every=100")
    found = bundle.load(finished)
    assert (found.recipe, found.folder) == (recipe, finished / "bundle")
    assert (finished / "bundle" / "floors").is_dir()
    assert bundle.read_recipe(finished / "recipe.yaml") == recipe
    assert [row["step"] for row in rows(finished, "train")] == list(range(1, 9))
    assert [row["step"] for row in rows(finished, "validation")] == [2, 4, 6, 8]
    for picture in [finished / "curves.png", *(finished / "samples").iterdir()]:
        assert Image.open(picture).convert("L").getextrema() != (255, 255)
    sampled = ["epoch-001.52-step-000008-maps.png", "epoch-001.52-step-000008.png"]
    assert sorted(path.name for path in (finished / "samples").iterdir()) == sampled
    assert list((finished / "tensorboard").glob("events*"))
    environment = json.loads((finished / "environment.json").read_text())
    assert environment["threads"] == 1
    assert environment["packages"]["torch"]
    assert [path.name for path in finished.rglob(".*")] == [".lock"]


def test_metrics_csv_is_the_log_by_validation(finished: Path):
    with (finished / "metrics.csv").open() as file:
        table = list(csv.DictReader(file))
    steps = rows(finished, "train")
    assert [row["step"] for row in table] == ["2", "4", "6", "8"]
    mean = (steps[2]["losses"]["caption"] + steps[3]["losses"]["caption"]) / 2
    assert float(table[1]["train_caption"]) == pytest.approx(mean)
    assert float(table[1]["validation_perplexity"]) == rows(finished, "validation")[1]["measures"]["perplexity"]
    assert [row["train_context"] == "" for row in table] == [True, False, False, False]


def test_the_best_and_the_newest_are_kept_and_the_bundle_is_the_best(finished: Path):
    measured = {row["step"]: row["measures"]["loss"] for row in rows(finished, "validation")}
    best = min(measured, key=lambda step: measured[step])
    kept = [int(path.name[5:]) for path in sorted((finished / "checkpoints").iterdir())]
    assert kept[-1] == 8
    assert best in kept
    assert len(kept) <= 3
    place = finished / "checkpoints" / f"step-{best:06d}"
    for part in bundle.PARTS:
        assert (place / part).read_bytes() == (finished / "bundle" / part).read_bytes()


def test_the_plateau_lowers_the_rate_in_the_log(finished: Path):
    losses = [row["measures"]["loss"] for row in rows(finished, "validation")]
    rates = {row["step"]: row["learning_rate"] for row in rows(finished, "train")}
    expected, lowest = 3e-3, float("inf")
    for step, loss in zip((3, 5, 7), losses, strict=False):
        if loss >= lowest * (1 - 1e-4):
            expected *= 0.3
        lowest = min(lowest, loss)
        assert rates[step] == pytest.approx(expected)


def test_two_fresh_runs_are_the_same_bytes_and_a_finished_one_is_left_alone(finished: Path, tmp_path: Path):
    before = trained_bytes(finished)
    assert run(smallest("train.sample_every=100"), tmp_path / "two") == tmp_path / "two" / "bundle"
    assert trained_bytes(tmp_path / "two") == before
    assert run(smallest("train.sample_every=100"), finished, resume=True) == finished / "bundle"
    assert trained_bytes(finished) == before
    assert len(rows(finished, "train")) == 8


def test_a_folder_that_holds_a_run_is_refused_without_resume(finished: Path, capsys: pytest.CaptureFixture[str]):
    before = trained_bytes(finished)
    assert main(["train", str(RECIPE), "--run", str(finished)]) == 2
    said = capsys.readouterr().err
    assert "already holds a run" in said
    assert "--resume" in said
    assert said.count("\n") == 1
    assert trained_bytes(finished) == before


def test_another_recipe_is_refused_and_the_difference_named(finished: Path):
    other = smallest("train.sample_every=100", "train.steps=9", "model.temporal=last", "losses.context=null", "seed=4")
    with pytest.raises(FabulaError) as error:
        run(other, finished, resume=True)
    for words in (
        "train.steps is 8 there and 9 here",
        "model.temporal",
        "losses.context",
        "seed is 0 there and 4 here",
    ):
        assert words in str(error.value)


def test_differences_name_only_what_differs():
    one = smallest()
    assert list(differences(one, one)) == []
    other = dataclasses.replace(one, train=dataclasses.replace(one.train, keep=5))
    assert list(differences(one, other)) == ["train.keep is 2 there and 5 here"]


def test_one_folder_has_one_process(tmp_path: Path):
    with claimed(tmp_path / "a", smallest(), resume=False) as folder:
        with pytest.raises(FabulaError, match="another process is training in this folder"):
            run(smallest(), tmp_path / "a", resume=True)
        folder.recipe.write_text("")
    assert folder.recipe.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["absent.yaml"], "there is no 'absent.yaml'"),
        ([str(RECIPE), "train.steps=soon"], "train.steps (command line): expected a whole number"),
        ([str(RECIPE), "model.dim=0"], "model.dim"),
        ([str(RECIPE), "data.source=parquet:absent.parquet"], "absent.parquet"),
        ([str(RECIPE), "data.source=wrld"], "wrld"),
        ([str(RECIPE), "data.context=99"], "lower data.context"),
        ([str(RECIPE), "train.precision=float16", "train.device=auto"], "float16 is for CUDA alone"),
        ([str(RECIPE), "model.image_decoder=null"], "losses.picture"),
    ],
)
def test_a_mistake_is_one_line_and_leaves_no_folder(tmp_path: Path, capsys, arguments: list[str], words: str):
    assert main(["train", *arguments, "--run", str(tmp_path / "new")]) == 2
    said = capsys.readouterr().err
    assert words in said, said
    assert "Traceback" not in said
    assert not (tmp_path / "new").exists()


def test_a_folder_that_cannot_be_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "file").write_text("x")
    assert main(["train", str(RECIPE), "--run", str(tmp_path / "file" / "run")]) == 2
    assert "cannot write" in capsys.readouterr().err


def test_patience_ends_a_run(tmp_path: Path):
    recipe = smallest("train.patience=1", "train.steps=40", "train.learning_rate=1e-12", "train.sample_every=100")
    path = run(recipe, tmp_path / "short").parent
    steps = [row["step"] for row in rows(path, "train")]
    losses = [row["measures"]["loss"] for row in rows(path, "validation")]
    assert len(steps) < 40
    assert losses[-1] >= min(losses[:-1])
    assert (path / "bundle" / "floors").is_dir()
    before = trained_bytes(path)
    run(recipe, path, resume=True)
    assert trained_bytes(path) == before


def test_changed_data_is_no_way_to_go_on(finished: Path, tmp_path: Path):
    environment = finished / "environment.json"
    text = environment.read_text()
    try:
        changed = json.loads(text)
        changed["data"]["train"] = "0" * 64
        environment.write_text(json.dumps(changed))
        with pytest.raises(FabulaError, match=r"data of this run has changed since it began \(split train\)"):
            run(smallest("train.sample_every=100"), finished, resume=True)
    finally:
        environment.write_text(text)


def test_a_log_drops_what_a_broken_run_wrote_after_its_checkpoint(tmp_path: Path):
    path = tmp_path / "log.jsonl"
    lines = [json.dumps({"event": "train", "step": step, "seconds": step}) for step in (1, 2, 3)]
    path.write_text("\n".join(lines) + '\n{"event": "tr')
    log = Log(path, 2)
    log.add({"event": "train", "step": 3, "seconds": 9})
    log.close()
    assert [(row["step"], row["seconds"]) for row in read_log(path)] == [(1, 1), (2, 2), (3, 9)]
