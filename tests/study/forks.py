"""Children of a study as forks of the test's own process, so that no time goes into imports."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PIL import Image

from fabula import report
from fabula import run as running
from fabula.cli import main
from fabula.journal import journal, stopping
from fabula.study import children


def plain(monkeypatch: pytest.MonkeyPatch, child: type) -> None:
    """Forks in place of processes; drawing and reports take most of so small a run, and decide nothing."""
    monkeypatch.setattr(children, "Child", child)
    monkeypatch.setattr(journal, "curves", lambda rows, title: Image.new("RGB", (2, 2)))
    monkeypatch.setattr(running, "_sample", lambda *given: None)
    monkeypatch.setattr(report, "write", lambda folders, out: out)


class Forked:
    """As `children.Child`."""

    act: Callable[[Sequence[str]], int] = staticmethod(main)

    def __init__(self, arguments: Sequence[str], log: Path) -> None:
        self.peak, self.code = 100.0, None
        self.child = os.fork() or self._be(arguments, log)

    def _be(self, arguments: Sequence[str], log: Path) -> int:
        code = 77
        try:
            signal.signal(signal.SIGINT, signal.default_int_handler)
            out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(out, 1)
            os.dup2(out, 2)
            sys.stdout, sys.stderr = os.fdopen(1, "w", buffering=1), os.fdopen(2, "w", buffering=1)
            code = type(self).act(arguments)
        except SystemExit as ending:
            code = int(ending.code or 0)
        finally:
            sys.stdout.flush()
            os._exit(code)

    def poll(self) -> int | None:
        if self.code is None:
            ended, status = os.waitpid(self.child, os.WNOHANG)
            self.code = os.waitstatus_to_exitcode(status) if ended else None
        return self.code

    def interrupt(self) -> None:
        if self.poll() is None:
            os.kill(self.child, signal.SIGINT)

    def end(self) -> None:
        while self.poll() is None:
            time.sleep(0.02)


class Interrupting(Forked):
    """Asks the study to stop in the middle of the second arm's first run."""

    @staticmethod
    def act(arguments: Sequence[str]) -> int:
        if any("louder/seed-0" in argument for argument in arguments) and arguments[0] == "train":
            heard, hear, step = threading.Event(), stopping.Asked.hear, journal.Journal.step

            def hear_and_tell(self, number, frame):
                heard.set()
                hear(self, number, frame)

            def step_and_ask(self, given):
                step(self, given)
                if given.step == 3:
                    os.kill(os.getppid(), signal.SIGINT)
                    assert heard.wait(30)

            stopping.Asked.hear, journal.Journal.step = hear_and_tell, step_and_ask
        return main(arguments)
