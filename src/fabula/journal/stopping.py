"""Ctrl-C and SIGTERM as a question that a loop asks between its steps."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from accelerate import Accelerator

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stopped(KeyboardInterrupt):
    """A run that was asked to stop has saved itself; the message says how to go on."""


class Asked:
    """False until someone asks; the second time the program stops where it stands."""

    def __init__(self) -> None:
        self.asked = False

    def __bool__(self) -> bool:
        return self.asked

    def hear(self, number: int, frame: Any) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True


@contextmanager
def stopping() -> Iterator[Asked]:
    """While this is open, signals are heard and not obeyed. Only a program's main thread can hear."""
    asked = Asked()
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    before = {number: signal.signal(number, asked.hear) for number in SIGNALS}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def agreed(asked: Asked, accelerator: Accelerator) -> bool:
    """Whether any process was asked: all must stop after the same step."""
    if accelerator.num_processes == 1:
        return bool(asked)
    if asked:
        accelerator.set_trigger()
    return accelerator.check_trigger()
