"""The command line: quick to answer, one line for what went wrong, exit codes that scripts can trust."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

import fabula.cli
from fabula.cli import HALTED, main
from fabula.cli.app import command_names
from fabula.errors import FabulaError

HEAVY = ("torch", "numpy", "PIL", "matplotlib", "pyarrow", "datasets", "rich", "jinja2", "tokenizers", "accelerate")


def fresh(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)


def test_help_answers_in_half_a_second():
    def spent() -> float:
        """Of the processor, so that it does not matter what else the machine does."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert fresh("-m", "fabula", "--help").returncode == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime

    assert min(spent() for _ in range(4)) < 0.5


@pytest.mark.parametrize("command", ["", *command_names()])
def test_help_imports_nothing_heavy(command):
    script = f"import sys; from fabula.cli import main; main({[command, '--help'] if command else ['--help']}); "
    script += f"sys.exit(' '.join(m for m in {HEAVY} if m in sys.modules) or 0)"
    done = fresh("-c", script)
    assert done.returncode == 0, done.stderr
    assert command in done.stdout


def test_importing_the_package_imports_no_torch():
    assert fresh("-c", "import sys, fabula; sys.exit('torch' in sys.modules)").returncode == 0


def test_every_command_says_what_it_does(capsys):
    assert {"evaluate", "inspect", "report", "tell", "train", "world"} <= set(command_names())
    assert main([]) == 0
    lines = capsys.readouterr().out.split("\n")
    for command in command_names():
        assert any(line.split()[:1] == [command] and len(line.split()) > 2 for line in lines), command


def test_the_version_is_said(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("fabula 0.")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["trian"], "Did you mean 'train'"),
        (["tell", "--stesp", "3"], "--steps"),
        (["tell", "a", "b", "--out", "c", "--steps", "three"], "--steps"),
        (["tell", "a", "b", "--out", "c", "--samples", "0"], "--samples"),
        (["tell"], "RUN_OR_BUNDLE"),
        (["evaluate", "--nothing"], "--nothing"),
    ],
)
def test_a_wrong_command_line_is_said_in_one_line(capsys, arguments, said):
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("fabula: ")
    assert err.count("\n") == 1
    assert said in err
    assert "--help" in err


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (FabulaError("recipe.yaml: here"), 2, "fabula: recipe.yaml: here\n"),
        (FabulaError("first\nsecond\x1b[31m"), 2, "fabula: first\nfabula: second [31m\n"),
        (OSError(28, "No space left on device", "runs/a"), 2, "fabula: runs/a: No space left on device\n"),
        (OSError(30, "Read-only file system"), 2, "fabula: Read-only file system\n"),
        (MemoryError(), 2, "fabula: out of memory; try smaller pictures, a smaller batch or fewer samples\n"),
        (KeyboardInterrupt(), 130, f"fabula: {HALTED}\n"),
    ],
)
def test_what_went_wrong_is_said_without_a_traceback(capsys, monkeypatch, error, code, said):
    def command():
        raise error

    monkeypatch.setattr("fabula.cli.app._command", lambda name: command)
    assert main(["tell"]) == code
    assert capsys.readouterr().err == said


def test_a_programming_error_is_not_hidden(monkeypatch):
    def command():
        raise AssertionError("cannot happen")

    monkeypatch.setattr("fabula.cli.app._command", lambda name: command)
    with pytest.raises(AssertionError):
        main(["tell"])


def test_a_reader_that_goes_away_is_no_error():
    script = "import sys; from fabula.cli import main; sys.exit(main(['--help']))"
    done = subprocess.run(
        f'{sys.executable} -c "{script}" | true', shell=True, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr


def test_a_command_is_a_file_with_a_function_of_its_name():
    folder = Path(fabula.cli.__file__).parent
    assert command_names() == sorted(path.stem for path in folder.glob("*.py") if path.stem not in ("__init__", "app"))
