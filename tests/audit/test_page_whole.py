"""The page is whole or not there: a full disk is one line, and a killed audit leaves nothing half-written."""

import errno
import os
import signal
import subprocess
import sys
import time

import pytest
from planted import story, write

from fabula.cli import main


@pytest.fixture
def source(tmp_path):
    return write(tmp_path / "data", train=[story("train", 0)], test=[story("test", 0)])


def test_a_full_disk_is_one_line(source, tmp_path, capsys, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    page = tmp_path / "out" / "page.html"
    page.parent.mkdir()
    page.write_text("what was there")
    monkeypatch.setattr(os, "fsync", full)
    assert main(["audit", source, "--html", str(page)]) == 2
    assert capsys.readouterr().err == f"fabula: cannot write {page}: No space left on device\n"
    assert [each.name for each in page.parent.iterdir()] == ["page.html"]
    assert page.read_text() == "what was there"


def test_a_killed_audit_leaves_no_page(tmp_path):
    page = tmp_path / "out" / "page.html"
    command = [sys.executable, "-m", "fabula", "audit", "world", "--html", str(page)]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not page.parent.exists() and running.poll() is None:  # the place is looked at before the data
        time.sleep(0.05)
    time.sleep(0.5)
    running.send_signal(signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL
    assert list(page.parent.iterdir()) == []
