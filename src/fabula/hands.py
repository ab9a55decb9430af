"""Many hands: pieces of work done side by side, each in a process of its own, the answers in their order."""

from __future__ import annotations

import os
import signal
import sys
import threading
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection, get_all_start_methods, get_context, parent_process
from typing import Any, TypeVar

from threadpoolctl import threadpool_limits

from fabula.errors import FabulaError

T = TypeVar("T")
R = TypeVar("R")
AHEAD = 2  # pieces that each hand may have done before they are asked for
_held: list[Any] = []  # the work of the hand that this process is


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def each(work: Callable[[T], R], pieces: Sequence[T], hands: int | None = None) -> Iterator[R]:
    """`work` of every piece, in their order, by so many hands (one a core).

    Hands are forked when the first answer is asked for: they see all that there is then, use one thread each, and what
    they change is lost; only the answer, which is pickled, comes back. Where processes cannot be forked, and for one
    hand or one piece, the work is done here. The error of a piece is raised when its turn comes.
    """
    hands = min(cores() if hands is None else hands, len(pieces))
    if hands < 2 or "fork" not in get_all_start_methods():
        yield from map(work, pieces)
        return
    pool = ProcessPoolExecutor(hands, get_context("fork"), _start, (work, pieces))
    try:
        yield from _in_order(pool, len(pieces), AHEAD * hands)
    except BrokenProcessPool:
        raise FabulaError(
            "a process that helped was ended from outside, perhaps for want of memory; try again"
        ) from None
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _in_order(pool: ProcessPoolExecutor, count: int, ahead: int) -> Iterator[Any]:
    waiting: deque[Future] = deque()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that threads run beside: none of them is needed there
        for place in range(count):
            waiting.append(pool.submit(_do, place))
            if len(waiting) >= ahead:
                yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _do(place: int) -> Any:
    work, pieces = _held
    return work(pieces[place])


def _start(work: Callable[[T], R], pieces: Sequence[T]) -> None:
    """A hand does not hear Ctrl-C, for who has the hands does, and goes when that process goes."""
    _held[:] = work, pieces
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_go_with_parent, daemon=True).start()
    threadpool_limits(1)  # several threads of several hands wait for each other: twice the time
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(1)


def _go_with_parent() -> None:
    parent = parent_process()
    assert parent
    connection.wait([parent.sentinel])
    os._exit(1)
