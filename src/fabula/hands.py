"""Many hands: pieces of work done side by side, each in a process of its own, the answers in their order."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import connection, get_all_start_methods, get_context, parent_process
from typing import Any, NamedTuple, TypeVar

from threadpoolctl import threadpool_limits

from fabula.errors import FabulaError

T = TypeVar("T")
R = TypeVar("R")
STOPS = (signal.SIGINT, signal.SIGTERM)
AHEAD = 2  # pieces that each hand may have done before they are asked for
ENDED = "a process that helped was ended from outside, perhaps for want of memory; try again"


class Hand(NamedTuple):
    process: Any
    line: connection.Connection  # places of pieces go out on it, answers come back


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def each(work: Callable[[T], R], pieces: Sequence[T], hands: int | None = None) -> Generator[R, None, None]:
    """`work` of every piece, in their order, by so many hands (one a core).

    Hands are forked when the first answer is asked for: they see all that there is then, use one thread each, and what
    they change is lost; only the answer, which is pickled, comes back. Where processes cannot be forked, and for one
    hand or one piece, the work is done here. The error of a piece is raised when its turn comes.

    Once this has ended or is closed no hand is left. Who may be stopped between two answers closes it
    (`contextlib.closing`): else hands go on with what nobody waits for, and write where nobody looks.
    """
    hands = min(cores() if hands is None else hands, len(pieces))
    if hands < 2 or "fork" not in get_all_start_methods():
        yield from map(work, pieces)
        return
    crew: list[Hand] = []
    try:
        for _ in range(hands):
            crew.append(_hired(work, pieces))
        yield from _in_order([hand.line for hand in crew], len(pieces))
    finally:
        _dismiss(crew)


def _hired(work: Callable[[T], R], pieces: Sequence[T]) -> Hand:
    ours, theirs = connection.Pipe()
    process = get_context("fork").Process(target=_serve, args=(theirs, work, pieces), daemon=True)
    with _deaf(), warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that threads run beside: none of them is needed there
        process.start()
    theirs.close()  # so that it is heard here when the hand is gone
    return Hand(process, ours)


def _dismiss(crew: Sequence[Hand]) -> None:
    """At once, whatever they are at."""
    with _deaf():
        for hand in crew:
            hand.process.kill()
        for hand in crew:
            hand.process.join()
            hand.line.close()


def _in_order(lines: Sequence[Any], count: int) -> Iterator[Any]:
    """Whoever is idle has the next piece, where that is not too far ahead."""
    idle, busy, answers, given = list(lines), list[Any](), dict[int, Any](), 0
    for place in range(count):
        while True:
            while idle and given < min(count, place + AHEAD * len(lines)):
                busy.append(_asked(idle.pop(0), given))
                given += 1
            if place in answers:
                break
            for line in connection.wait(busy):
                at, *answers[at] = _heard(line)
                busy.remove(line)
                idle.append(line)
        yield _opened(*answers.pop(place))


def _asked(line: Any, place: int) -> Any:
    with _there():
        line.send(place)
    return line


def _heard(line: Any) -> tuple[int, Any, BaseException | None]:
    with _there():
        return line.recv()


@contextmanager
def _there() -> Iterator[None]:
    try:
        yield
    except (EOFError, OSError):
        raise FabulaError(ENDED) from None


def _opened(answer: R, error: BaseException | None) -> R:
    if error is not None:
        raise error
    return answer


@contextmanager
def _deaf() -> Iterator[None]:
    """What asks to stop waits for the end of this, and so it does in a process that is forked here."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(line: connection.Connection, work: Callable[[T], R], pieces: Sequence[T]) -> None:
    """All that a hand does."""
    _start()
    with suppress(EOFError, OSError):  # nobody is there to hear
        while True:
            place = line.recv()
            try:
                line.send((place, work(pieces[place]), None))
            except BaseException as error:
                line.send((place, None, _sent(error)))


def _sent(error: BaseException) -> BaseException:
    """An error that can be sent, with the lines of this process as a note."""
    lines = traceback.format_exc()
    try:
        error = pickle.loads(pickle.dumps(error))  # of its own kind, where that can be made again
    except Exception:
        error = RuntimeError(f"{type(error).__name__}: {error}")
    error.add_note(f"in a process that helped:\n{lines}")
    return error


def _start() -> None:
    """A hand does not hear Ctrl-C, for who has the hands does; SIGTERM ends it; it goes when that process goes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
    threading.Thread(target=_go_with_parent, daemon=True).start()
    threadpool_limits(1)  # several threads of several hands wait for each other: twice the time
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(1)


def _go_with_parent() -> None:
    parent = parent_process()
    assert parent
    connection.wait([parent.sentinel])
    os._exit(1)
