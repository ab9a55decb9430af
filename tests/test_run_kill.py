"""Killed at any moment, also in the middle of a save, and resumed, a run ends in the same bytes as an unbroken one.

The killed runs are forks of this process, so that no time goes into imports.
"""

import json
import os
import random
import resource
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from smallest import RECIPE, smallest, trained_bytes

from fabula import bundle, checkpoint
from fabula import run as running
from fabula.cli import main
from fabula.journal import journal
from fabula.journal.log import read_log
from fabula.run import run

MOMENTS = ("train.steps=10", "train.accumulate=2", "train.save_every=2", "train.patience=9")


@pytest.fixture(autouse=True)
def plain_pictures(monkeypatch: pytest.MonkeyPatch):
    """Drawing takes most of so small a run, and decides nothing."""
    monkeypatch.setattr(journal, "curves", lambda rows, title: Image.new("RGB", (2, 2)))
    monkeypatch.setattr(running, "samples", lambda teller, split, windows: (Image.new("RGB", (2, 2)), None))


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(smallest(*MOMENTS), tmp_path_factory.mktemp("unbroken") / "run").parent


def forked(act: Callable[[], object], said: Path | None = None) -> int:
    """The process id of a copy of this process that does only `act`, and exits with what it gives."""
    if child := os.fork():
        return child
    try:
        out = os.open(said or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(out, 1)
        os.dup2(out, 2)
        sys.stdout, sys.stderr = os.fdopen(1, "w", buffering=1), os.fdopen(2, "w", buffering=1)
        code = act()
        os._exit(code if isinstance(code, int) else 0)
    except SystemExit as ending:
        os._exit(int(ending.code or 0))
    finally:
        os._exit(77)


def ended(child: int) -> int:
    """The exit code; the signal's number, negative, for a process that was killed."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def dying(deed: int) -> None:
    """From now on this process dies by SIGKILL at its `deed`-th deed on the disk, before it is done."""
    done = 0

    def counted(module: object, name: str) -> None:
        real = getattr(module, name)

        def deed_or_death(*given, **named):
            nonlocal done
            done += 1
            if done == deed:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*given, **named)

        setattr(module, name, deed_or_death)

    for module, name in [
        (os, "fsync"),
        (Path, "rename"),
        (Path, "replace"),
        (Path, "mkdir"),
        (shutil, "rmtree"),
        (shutil, "copyfile"),
        (checkpoint.weights, "save_tensors"),
        (bundle.files, "write_text"),
    ]:
        counted(module, name)


def resumed_dying(path: Path, deed: int) -> int:
    def act() -> None:
        dying(deed)
        run(smallest(*MOMENTS), path, resume=True)

    return ended(forked(act))


def assert_same(path: Path, unbroken: Path) -> None:
    assert trained_bytes(path) == trained_bytes(unbroken)
    for one, other in zip(read_log(path / "log.jsonl"), read_log(unbroken / "log.jsonl"), strict=True):
        timeless = [
            {k: v for k, v in row.items() if k not in ("seconds", "windows_per_second")} for row in (one, other)
        ]
        assert timeless[0] == timeless[1]
    assert not [left for left in path.rglob(".*") if left.name != ".lock"]


@pytest.mark.parametrize("first", range(0, 60, 12))
def test_killed_at_any_deed_on_the_disk_and_resumed(unbroken: Path, tmp_path: Path, first: int):
    """Twice killed: at one deed of the first session, and at another of the second; then left in peace."""
    dice = random.Random(first)
    codes = [
        resumed_dying(tmp_path / "run", first + dice.randrange(12) + 1),
        resumed_dying(tmp_path / "run", dice.randrange(1, 90)),
    ]
    assert codes[0] == -signal.SIGKILL
    run(smallest(*MOMENTS), tmp_path / "run", resume=True)
    assert_same(tmp_path / "run", unbroken)


def test_killed_in_the_middle_of_saves_until_it_is_done(unbroken: Path, tmp_path: Path):
    """Each session dies a few deeds after its first new checkpoint is whole, in the midst of the next."""
    sessions, code = 0, -signal.SIGKILL
    while code == -signal.SIGKILL:
        code = resumed_dying(tmp_path / "run", 50 + 3 * sessions)
        sessions += 1
        assert sessions < 20
    assert code == 0
    assert sessions >= 4
    assert_same(tmp_path / "run", unbroken)


def test_killed_at_three_random_moments_and_resumed(unbroken: Path, tmp_path: Path):
    began = time.monotonic()
    run(smallest(*MOMENTS), tmp_path / "timed")
    whole = time.monotonic() - began
    for _ in range(3):
        child = forked(lambda: run(smallest(*MOMENTS), tmp_path / "run", resume=True))
        time.sleep(random.uniform(0, whole))
        os.kill(child, signal.SIGKILL)
        ended(child)
    run(smallest(*MOMENTS), tmp_path / "run", resume=True)
    assert_same(tmp_path / "run", unbroken)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_stop_it_saves_and_says_how_to_go_on(unbroken: Path, tmp_path: Path, number: int, monkeypatch):
    path, said = tmp_path / "a run", tmp_path / "said"
    real = journal.Journal.step

    def stopped_at_three(self, report):
        real(self, report)
        if report.step == 3:
            os.kill(os.getpid(), number)

    monkeypatch.setattr(journal.Journal, "step", stopped_at_three)
    child = forked(lambda: main(["train", str(RECIPE), *MOMENTS, "--run", str(path)]), said)
    assert ended(child) == 130
    last = said.read_text().strip().split("\n")[-1]
    assert last == f"stopped at step 3 of 10; go on with: fabula train '{path}/recipe.yaml' --run '{path}' --resume"
    assert checkpoint.all_in(path / "checkpoints")[-1].name == "step-000003"
    monkeypatch.undo()
    monkeypatch.setattr(journal, "curves", lambda rows, title: Image.new("RGB", (2, 2)))
    assert main(["train", str(path / "recipe.yaml"), "--run", str(path), "--resume"]) == 0
    assert trained_bytes(path)["bundle/model.safetensors"] == trained_bytes(unbroken)["bundle/model.safetensors"]


def full_at_step_five(limit: int) -> None:
    """From step 5 on no file may grow beyond `limit` bytes: as with a full disk, the write is refused."""
    real = journal.Journal.step

    def step(self, report):
        real(self, report)
        if report.step == 5:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    journal.Journal.step = step


@pytest.mark.parametrize("limit", [100, 100_000])
def test_a_full_disk_is_one_message_and_leaves_the_last_good_checkpoint(unbroken: Path, tmp_path: Path, limit: int):
    path = tmp_path / "run"

    def act() -> int:
        full_at_step_five(limit)
        return main(["train", str(RECIPE), *MOMENTS, "--run", str(path)])

    reading, writing = os.pipe()
    child = forked(act, Path(f"/dev/fd/{writing}"))
    os.close(writing)
    with os.fdopen(reading) as pipe:
        lines = pipe.read().strip().split("\n")
    assert ended(child) == 2, lines
    last = [line for line in lines if line.startswith("fabula:")]
    assert len(last) == 1, lines
    assert "cannot write" in last[0]
    assert f"the last good checkpoint is {path / 'checkpoints' / 'step-000004'}" in last[0]
    assert "make room, then go on with: fabula train" in last[0]
    assert "Traceback" not in "\n".join(lines)
    bundle.load(path / "checkpoints" / "step-000004")
    run(smallest(*MOMENTS), path, resume=True)
    assert_same(path, unbroken)


def test_a_loss_that_is_no_number_is_one_message_and_leaves_the_last_good_checkpoint(tmp_path: Path, capsys):
    path = tmp_path / "run"
    arguments = [*MOMENTS, "train.learning_rate=1e30", "train.gradient_clip=null", "train.schedule.warmup_steps=0"]
    assert main(["train", str(RECIPE), *arguments, "train.save_every=1", "--run", str(path)]) == 2
    said = [line for line in capsys.readouterr().err.split("\n") if line.startswith("fabula:")]
    assert len(said) == 1
    assert "not a finite number" in said[0]
    assert "try a smaller train.learning_rate" in said[0]
    assert "the last good checkpoint is" in said[0]
    assert json.loads((path / "environment.json").read_text())["threads"] == 1
