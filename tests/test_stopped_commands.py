"""Commands that are stopped or killed in the middle: one line, the right exit code, nothing left over."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fabula import files

WRITE = """
import sys, time
from pathlib import Path
from fabula import cli, files
def act(arguments):
    with files.new_folder(Path(sys.argv[1])) as draft:
        (draft / "half").write_text("half")
        print("writing", flush=True)
        time.sleep(60)
cli._run = act
sys.exit(cli.main([]))
"""


def stopped(folder: Path, number: int) -> tuple[int, str]:
    """A command that is in the middle of writing `folder` gets this signal."""
    given = [sys.executable, "-c", WRITE, str(folder)]
    with subprocess.Popen(given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout
        assert child.stdout.readline() == "writing\n"
        os.kill(child.pid, number)
        _, err = child.communicate(timeout=30)
        return child.returncode, err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_stop_it_leaves_nothing_and_what_stood_there_stands(tmp_path, number):
    folder = tmp_path / "out"
    with files.new_folder(folder) as draft:
        (draft / "scores.json").write_text("{}")
    code, err = stopped(folder, number)
    assert code == 130
    assert err.startswith("fabula: stopped; nothing half-written is left")
    assert err.count("\n") == 1
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "scores.json"]


def test_what_a_killed_process_left_goes_with_the_next_writing(tmp_path):
    folder = tmp_path / "out"
    assert stopped(folder, signal.SIGKILL)[0] == -signal.SIGKILL
    assert len(list(tmp_path.glob(".out.part-*"))) == 1
    with files.new_folder(folder) as draft:
        (draft / "scores.json").write_text("{}")
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "scores.json"]


def test_what_was_put_aside_by_a_killed_process_comes_back(tmp_path):
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True)
    aside = tmp_path / f".out.old-{int(gone.stdout)}"
    aside.mkdir()
    (aside / "scores.json").write_text("{}")
    with pytest.raises(RuntimeError), files.new_folder(tmp_path / "out"):
        raise RuntimeError("stopped")
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "scores.json"]


def test_the_draft_of_a_process_that_lives_is_left_alone(tmp_path):
    other = tmp_path / f".out.part-{os.getppid()}"
    other.mkdir()
    with files.new_folder(tmp_path / "out") as draft:
        (draft / "scores.json").write_text("{}")
    assert other.is_dir()
