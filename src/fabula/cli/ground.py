"""`fabula ground`: told boxes held against the true ones."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Argument, Option, echo

TOLD = "JSON lines of boxes, or a parquet or JSON lines file with a column of a model's tables."
SOURCE = "Where the true boxes are: world, hub:OWNER/NAME[@REVISION], parquet:PATH, jsonl:PATH."
BOXES = "Told in pixels of the picture, in shares of it (0 to 1), in thousandths, or in pixels of another size."
IDS = "given: ids mean what they say; match: those of each story are matched with the truth's, an upper limit."


def ground(
    predictions: Annotated[Path, Argument(help=TOLD, metavar="PREDICTIONS")],
    source: Annotated[str, Argument(help=SOURCE, metavar="SOURCE")],
    split: Annotated[str | None, Option(help="The split that was told.", show_default="test, or the only one")] = None,
    out: Annotated[Path | None, Option(help="Write grounding.json to this folder.", show_default="none")] = None,
    ids: Annotated[str, Option(help=IDS, metavar="given|match")] = "given",
    boxes: Annotated[str, Option(help=BOXES, metavar="pixels|unit|thousand|HxW")] = "pixels",
    column: Annotated[str | None, Option(help="The column of tables.", show_default="chain_of_thought")] = None,
    size: Annotated[str | None, Option(help="Size of the world's pictures.", metavar="HxW")] = None,
) -> None:
    """Precision, recall, F1 and average precision of told boxes, image by image, by the id they are told for."""
    from rich.console import Console

    from fabula import files
    from fabula.data.open import open_source
    from fabula.errors import pick
    from fabula.grounding import ground as score
    from fabula.grounding import read_told, true_stories
    from fabula.grounding.coordinates import reading_of
    from fabula.grounding.scoring import IDS as WAYS
    from fabula.grounding.show import show
    from fabula.schema import convert
    from fabula.story import Size

    pick(ids, WAYS, "--ids")
    told_in = reading_of(boxes)
    told = read_told(predictions, column)
    true = true_stories(open_source(source), split, convert(size, Size, "--size") if size else None)
    found = {"data": source, "predictions": str(predictions), **score(told, true, ids=ids, boxes=told_in)}
    show(found, Console())
    if out:
        files.write_json(out / "grounding.json", found)
        echo(f"Written: {out / 'grounding.json'}")
