"""Hands that are stopped, or end, while a command writes: no process is left, no draft, and one line is said."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

SCRIPT = """
import os, sys, time
from contextlib import closing
from pathlib import Path
from fabula import cli, files, hands
from fabula.errors import FabulaError
out, kind, own = Path(sys.argv[1]), sys.argv[2], os.getpid()

def error():
    if kind == "mistake":
        raise FabulaError("story 3: broken; mend it")
    if kind == "stop":
        raise KeyboardInterrupt
    if kind == "full":
        raise OSError(28, "No space left on device")

class Work:
    def __init__(self, draft):
        self.draft = draft

    def __call__(self, n):
        os.write(1, b"%d\\n" % os.getpid())
        if n == 2:
            error()
        ends = time.monotonic() + (20 if kind == "long" or (kind == "between" and n) else .2)
        while time.monotonic() < ends:
            (self.draft / "pictures").mkdir(parents=True, exist_ok=True)
            (self.draft / "pictures" / str(n)).write_text("told")
            time.sleep(.001)

def act(arguments):
    with files.new_folder(out) as draft, closing(hands.each(Work(draft), range(6), 3)) as answers:
        for answer in answers:
            if kind == "between":
                os.write(1, b"between\\n")
                time.sleep(20)

cli._run = act
sys.exit(cli.main([]))
"""


class Command:
    def __init__(self, out: Path, kind: str = "long"):
        given = [sys.executable, "-c", SCRIPT, str(out), kind]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self.process = subprocess.Popen(given, **pipes, text=True, start_new_session=True)
        self.hands: set[int] = set()

    def working(self, until: int = 3) -> list[int]:
        """Once so many hands work: their numbers."""
        assert self.process.stdout
        while len(self.hands) < until:
            self.hands.add(int(self.process.stdout.readline()))
        return sorted(self.hands)

    def ended(self) -> tuple[int, str]:
        """The exit code, and what was said; all of it within seconds."""
        try:
            out, err = self.process.communicate(timeout=15)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.hands |= {int(line) for line in out.split() if line.isdigit()}
        return self.process.returncode, err


def gone(processes) -> bool:
    deadline = time.monotonic() + 10
    while any(_runs(process) for process in processes) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not any(_runs(process) for process in processes)


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def left(folder: Path) -> list[str]:
    """After a moment in which a hand that was forgotten would write again."""
    time.sleep(0.1)
    return [path.name for path in folder.iterdir()]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("whom", [os.kill, os.killpg])  # killpg: as a terminal does it, or a service manager
def test_asked_to_stop_it_stops_at_once_with_all_hands(tmp_path, number, whom):
    command = Command(tmp_path / "out")
    hands = command.working()
    whom(command.process.pid, number)
    code, err = command.ended()
    assert code == 130, err
    assert err.startswith("fabula: stopped; nothing half-written is left")
    assert err.count("\n") == 1
    assert gone(hands)
    assert left(tmp_path) == []


def test_stopped_between_two_answers_the_hands_go_too(tmp_path):
    command = Command(tmp_path / "out", "between")
    hands = command.working()
    assert command.process.stdout
    while command.process.stdout.readline() != "between\n":
        pass
    os.kill(command.process.pid, signal.SIGINT)
    code, err = command.ended()
    assert (code, err.count("\n")) == (130, 1), err
    assert gone(hands)
    assert left(tmp_path) == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV])
def test_a_hand_that_is_ended_from_outside_is_one_line(tmp_path, number):
    command = Command(tmp_path / "out")
    hands = command.working()
    os.kill(hands[1], number)
    code, err = command.ended()
    assert code == 2, err
    assert err.startswith("fabula: a process that helped was ended from outside")
    assert err.count("\n") == 1
    assert gone(hands)
    assert left(tmp_path) == []


def test_hands_of_a_killed_command_go_and_its_draft_with_the_next(tmp_path):
    command = Command(tmp_path / "out")
    hands = command.working()
    os.kill(command.process.pid, signal.SIGKILL)
    assert gone(hands)
    assert command.ended() == (-signal.SIGKILL, "")
    assert Command(tmp_path / "out", "mistake").ended()[0] == 2
    assert left(tmp_path) == []


@pytest.mark.parametrize(
    ("kind", "code", "said"),
    [
        ("mistake", 2, "story 3: broken; mend it"),
        ("stop", 130, "stopped; nothing half-written"),
        ("full", 2, "No space left on device"),
    ],
)
def test_what_comes_up_in_a_hand_is_said_as_if_it_came_up_here(tmp_path, kind, code, said):
    command = Command(tmp_path / "out", kind)
    found, err = command.ended()
    assert found == code, err
    assert err.startswith("fabula: ")
    assert said in err
    assert err.count("\n") == 1
    assert gone(command.hands)
    assert left(tmp_path) == []
