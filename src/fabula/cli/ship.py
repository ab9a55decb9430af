"""`fabula ship RUN --out DIR`: a trained model to hand on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from typer import Argument, Option, echo

OUT = "The folder to write; its last name is that of the model. What was handed on there before is replaced."


def ship(
    run: Annotated[Path, Argument(help="A finished run, evaluated if its numbers are to be told.", metavar="RUN")],
    out: Annotated[Path, Option(help=OUT)],
    precision: Annotated[Literal["bfloat16", "float32"], Option(help="bfloat16: half the room.")] = "bfloat16",
    floors: Annotated[bool, Option(help="With its floors, which an evaluation needs.")] = True,
    evaluation: Annotated[bool, Option(help="With the scores of RUN/evaluation, where they are.")] = True,
) -> None:
    """Make a run into weights to hand on: small, with a card, credits and floors, and no word of this machine."""
    from fabula.shipping import ship as make

    place = make(run, out, precision=precision, floors=floors, evaluation=evaluation)
    size = sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
    echo(f"Written: {place} ({size / 1e6:.1f} MB); read {place / 'card.md'}")
