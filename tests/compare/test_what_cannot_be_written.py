"""A disk that is full or closed, and Ctrl-C in the middle of writing: one line, and what stood there is whole."""

import errno
import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from evaluated import run

from fabula.cli import main
from fabula.world.tale import story_id

OLD = "the page of yesterday"
REFUSED = {
    "full": (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), 2, "No space left on device"),
    "closed": (PermissionError(errno.EACCES, os.strerror(errno.EACCES)), 2, "Permission denied"),
    "stopped": (KeyboardInterrupt(), 130, "stopped; nothing half-written is left"),
}
WRITTEN = {  # command -> what it writes
    "compare": ["compare.json", "compare.html"],
    "report": ["page.html"],
    "audit": ["page.html"],
    "ground": ["grounding.json"],
}


@pytest.fixture(scope="module")
def given(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("given")
    run(folder / "run")
    assert main(["world", str(folder / "data"), "--stories", "1", "--split", "test", "--size", "16x24"]) == 0
    told = {"story_id": story_id("test", 0, 0), "images": []}
    (folder / "told.jsonl").write_text(json.dumps(told) + "\n")
    return folder


def arguments(command: str, given: Path, out: Path) -> list[str]:
    one, small = str(given / "run"), ("--limit", "2", "--size", "16x24")
    return [
        command,
        *{
            "compare": (one, f"{one}:copy_last", "--out", str(out)),
            "report": (one, "--out", str(out / "page.html")),
            "audit": ("world", "--splits", "test", *small, "--html", str(out / "page.html")),
            "ground": (str(given / "told.jsonl"), f"parquet:{given / 'data'}", "--out", str(out)),
        }[command],
    ]


def before(folder: Path, command: str) -> dict[str, str]:
    """What stands where the command will write."""
    folder.mkdir()
    for name in WRITTEN[command]:
        (folder / name).write_text(OLD)
    return held(folder)


def held(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in folder.iterdir()}


@pytest.mark.parametrize("command", WRITTEN)
def test_it_is_written_where_nothing_is_in_the_way(given, tmp_path, command):
    old = before(tmp_path / "out", command)
    assert main(arguments(command, given, tmp_path / "out")) == 0
    new = held(tmp_path / "out")
    assert new.keys() == old.keys()
    assert OLD not in new.values()


@pytest.mark.parametrize("kind", REFUSED)
@pytest.mark.parametrize("command", WRITTEN)
def test_in_the_middle_of_writing(given, tmp_path, monkeypatch, capsys, command, kind):
    error, code, said = REFUSED[kind]
    old = before(tmp_path / "out", command)

    def refuse(number: int) -> None:
        raise error

    monkeypatch.setattr(os, "fsync", refuse)
    assert main(arguments(command, given, tmp_path / "out")) == code
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("fabula: ")]
    assert len(lines) == 1
    assert said in lines[0]
    assert "Traceback" not in "".join(lines)
    assert held(tmp_path / "out") == old


@pytest.mark.parametrize("command", ["compare", "report", "ground"])
def test_a_disk_that_is_full(given, tmp_path, command):
    """The largest file that this process may write is smaller than what it has to write."""

    def little_room() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300))

    old = before(tmp_path / "out", command)
    line = [sys.executable, "-m", "fabula", *arguments(command, given, tmp_path / "out")]
    done = subprocess.run(line, capture_output=True, text=True, preexec_fn=little_room, check=False)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith(f"fabula: cannot write {tmp_path / 'out'}")
    assert done.stderr.count("\n") == 1
    assert held(tmp_path / "out") == old


@pytest.mark.parametrize("command", WRITTEN)
def test_a_place_below_a_file(given, tmp_path, capsys, command):
    (tmp_path / "file").write_text("mine")
    assert main(arguments(command, given, tmp_path / "file" / "out")) == 2
    assert "cannot write" in capsys.readouterr().err
    assert held(tmp_path) == {"file": "mine"}


@pytest.mark.parametrize(
    "command",
    [
        ("scorer", "train", "{out}"),
        ("evaluate", "--floors", "tiny", "--out", "{out}"),
    ],
)
def test_long_work_is_not_begun_where_it_could_not_be_kept(tmp_path, monkeypatch, capsys, command):
    (tmp_path / "file").write_text("mine")
    monkeypatch.setattr("fabula.scorer.making.open_store", lambda *given: pytest.fail("work was begun"))
    monkeypatch.setattr("fabula.evaluate.open_floors", lambda *given, **more: pytest.fail("work was begun"))
    assert main([part.format(out=tmp_path / "file" / "out") for part in command]) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"fabula: cannot write {tmp_path / 'file' / 'out'}: ")
    assert err.count("\n") == 1
    assert held(tmp_path) == {"file": "mine"}
