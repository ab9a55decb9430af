"""All subcommands in one typer app. Every file of this folder but this one is a command, and is found by itself.

A command file `cli/tell.py` holds one public function of the same name, `tell`, whose docstring is its help.
At its top it imports typer and the standard library only; everything heavy is imported inside the function.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable

import typer

import fabula.cli


def command_names() -> list[str]:
    """The names of all commands, in alphabetical order."""
    return sorted(module.name for module in pkgutil.iter_modules(fabula.cli.__path__) if module.name != "app")


def make_app() -> typer.Typer:
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    app.callback()(_fabula)
    for name in command_names():
        app.command(name)(_command(name))
    return app


def _command(name: str) -> Callable[..., object]:
    return getattr(importlib.import_module(f"fabula.cli.{name}"), name)


def _show_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"fabula {version('fabula')}")
        raise typer.Exit()


def _fabula(
    version: bool = typer.Option(False, "--version", callback=_show_version, is_eager=True, help="Show the version."),
) -> None:
    """Visual story continuation: frames in, the next picture and caption out, every number beside its floor."""
