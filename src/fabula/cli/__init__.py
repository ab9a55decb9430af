"""The `fabula` command: one file a subcommand. Nothing heavy is imported before a subcommand runs."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Sequence

from fabula.errors import FabulaError

STOPPED = 130  # the exit code of a program that Ctrl-C stopped
MISTAKEN = 2  # the exit code after a person's mistake or the disk's misfortune
HALTED = "stopped; nothing half-written is left, and what stood there before stands. The same command starts again"

# Read when torch is loaded: threads that wait sleep, and sums do not change with the machine's load.
THREADS = {"OMP_WAIT_POLICY": "PASSIVE", "OMP_DYNAMIC": "FALSE", "MKL_DYNAMIC": "FALSE"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and give its exit code. What went wrong is said on stderr in one line."""
    for name, value in THREADS.items():
        os.environ.setdefault(name, value)
    try:
        _hear()
        return _run(sys.argv[1:] if arguments is None else list(arguments))
    except FabulaError as error:
        return _say(str(error), MISTAKEN)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _say(f"{where}{error.strerror or error}", MISTAKEN)
    except MemoryError:
        return _say("out of memory; try smaller pictures, a smaller batch or fewer samples", MISTAKEN)
    except KeyboardInterrupt:
        return _say(HALTED, STOPPED)


def _hear() -> None:
    """SIGTERM is heard as Ctrl-C is, so that drafts go; a command that hears it otherwise says so itself."""
    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
        signal.signal(signal.SIGTERM, signal.default_int_handler)


def _run(arguments: list[str]) -> int:
    from typer import TyperException

    from fabula.cli.app import make_app

    try:
        code = make_app()(arguments or ["--help"], standalone_mode=False, prog_name="fabula") or 0
    except TyperException as error:
        return _say(f"{error.format_message()} {_help_of(arguments)}", MISTAKEN)
    return _say(HALTED, STOPPED) if code == STOPPED else code


def _help_of(arguments: list[str]) -> str:
    from fabula.cli.app import command_names

    command = f" {arguments[0]}" if arguments and arguments[0] in command_names() else ""
    return f"(see: fabula{command} --help)"


def _say(sentence: str, code: int) -> int:
    for line in filter(str.strip, sentence.split("\n")):  # a recipe's mistakes come all at once, a line each
        print("fabula:", "".join(c if c.isprintable() else " " for c in line).strip(), file=sys.stderr)
    return code
