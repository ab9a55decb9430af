"""`fabula diagram RECIPE [key=value ...] [--out FILE]`."""

from __future__ import annotations

from pathlib import Path

import typer

OUT = "FILE.svg or FILE.png; without it NAME.svg and NAME.png in this folder."


def diagram(
    recipe: str = typer.Argument(..., help="A recipe's path, or the name of a shipped one, such as `tiny`."),
    overrides: list[str] = typer.Argument(None, metavar="[KEY=VALUE]...", help="As in model.dim=512."),  # noqa: B008
    out: Path | None = typer.Option(None, "--out", help=OUT),  # noqa: B008
) -> None:
    """Draw what a recipe's model is made of: its parts, their weights, and the shapes that flow between them."""
    from fabula.bundle import read_recipe
    from fabula.drawing.diagram.architecture import architecture
    from fabula.drawing.diagram.diagram import check_ending, draw, write_drawing

    for path in [out] if out else []:
        check_ending(path)
    made = architecture(read_recipe(recipe, tuple(overrides or ())))
    paths = [out] if out else [Path(f"{made.recipe.name}{ending}") for ending in (".svg", ".png")]
    for path in paths:
        write_drawing(draw(made), path)
        typer.echo(f"Written: {path}")
