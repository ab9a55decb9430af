"""One `fabula` command as a process of its own: started, watched, asked to stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

PATIENCE = 20.0  # seconds that a process has to end by itself before it is ended


class Child:
    """A running process in a session of its own, so that Ctrl-C reaches it once, by way of the study."""

    def __init__(self, arguments: Sequence[str], log: Path) -> None:
        self.peak: float | None = None  # MiB of memory at most, so far; None where the system does not say
        with log.open("wb") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "fabula", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"},
                start_new_session=True,
            )

    def poll(self) -> int | None:
        """Its exit code, None while it runs."""
        self.peak = peak_memory(self._process.pid) or self.peak
        return self._process.poll()

    def interrupt(self) -> None:
        """As Ctrl-C: a training saves itself first."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)

    def end(self) -> None:
        """Wait a while, then end it where it stands."""
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def peak_memory(process: int) -> float | None:
    """MiB that a running process has held at most; None once it has ended, and where there is no /proc."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().split("\n")
    except OSError:
        return None
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), None)


def last_line(log: Path) -> str:
    """What a process said last: where it failed, the reason."""
    lines = [line for line in log.read_text("utf-8", "replace").split("\n") if line.strip()] if log.is_file() else []
    return lines[-1].strip().removeprefix("fabula: ") if lines else "it said nothing"
