"""Work done by several hands is the work done by one."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fabula.errors import FabulaError
from fabula.hands import each


@pytest.mark.parametrize("hands", [1, 2, 3])
def test_answers_come_in_order(hands):
    assert list(each(lambda n: n * n, range(20), hands)) == [n * n for n in range(20)]
    assert list(each(lambda n: n, [], hands)) == []


def test_hands_are_processes_and_see_what_is_there():
    seen = {"word": "fox"}
    found = list(each(lambda _: (os.getpid(), seen["word"]), range(8), 2))
    assert {word for _, word in found} == {"fox"}
    assert os.getpid() not in {process for process, _ in found}


def test_an_error_comes_at_its_turn():
    def work(n):
        if n == 2:
            raise FabulaError("piece 2: broken; mend it")
        return n

    answers = each(work, range(5), 2)
    assert [next(answers), next(answers)] == [0, 1]
    with pytest.raises(FabulaError, match="piece 2"):
        next(answers)


def test_a_hand_that_is_ended_from_outside_is_told():
    with pytest.raises(FabulaError, match="ended from outside"):
        list(each(lambda n: os.kill(os.getpid(), signal.SIGKILL), range(4), 2))


SLEEPERS = """
import os, sys, time
from fabula.hands import each
def work(n):
    os.write(1, b"%d\\n" % os.getpid())  # in one piece, whatever the other writes
    time.sleep(60)
list(each(work, range(2), 2))
"""


def test_hands_go_with_who_has_them():
    parent = subprocess.Popen([sys.executable, "-c", SLEEPERS], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    hands = [int(parent.stdout.readline()) for _ in range(2)]
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 20
    while any(_runs(hand) for hand in hands) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(_runs(hand) for hand in hands)


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
