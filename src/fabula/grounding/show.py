"""The scores of told boxes in the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

SHARES = ("precision", "recall", "f1")
COUNTS = ("told", "true")


def show(found: Mapping[str, Any], console: Console) -> None:
    """Print the table, then what a person should know before believing it."""
    console.print(_table(found))
    for sentence in sentences(found):
        console.print(f"• {sentence}", markup=False, highlight=False)


def sentences(found: Mapping[str, Any]) -> list[str]:
    """What was missing, odd or matched, and what pooling would have made of it."""
    counts, rank = found["counts"], found["mean_average_precision"]
    average = "not given, since the boxes have no scores" if rank is None else f"{rank:.3f}"
    said = [f"Beware: {warning}" for warning in found["warnings"]]
    said += [f"mean average precision over kinds: {average}"]
    if counts["stories_missing"]:
        said.append(f"nothing told of {counts['stories_missing']:,} of {counts['stories']:,} stories: missed")
    if counts["images_missing"]:
        said.append(f"no box told in {counts['images_missing']:,} of {counts['images']:,} images with boxes: missed")
    if counts["boxes_in_no_image"]:
        said.append(f"{counts['boxes_in_no_image']:,} boxes in images that their story does not have: wrong")
    if found["ids"] == "match":
        said.append("told ids were matched with the truth's: an upper limit for any naming, not a score")
    said += [f"in the model's text: {count:,} times {kind}" for kind, count in found["repairs"].items()]
    pooled, strict = (scores["all"]["f1"]["value"] or 0.0 for scores in (found["pooled"]["scores"], found["scores"]))
    return [*said, f"boxes pooled over images would give F1 {pooled:.3f} in place of {strict:.3f}: do not use it"]


def _table(found: Mapping[str, Any]) -> Table:
    made = Table(title="Grounding", title_justify="left", title_style="bold", box=SIMPLE_HEAD, padding=(0, 1))
    made.add_column("kind")
    for name in (*SHARES, "AP", *COUNTS):
        made.add_column(name, justify="right")
    for kind, numbers in found["scores"].items():
        made.add_row(kind, *_cells(numbers))
    return made


def _cells(numbers: Mapping[str, Any]) -> list[str]:
    shares = [_said(numbers[name]["value"]) for name in SHARES]
    low, high = (numbers[SHARES[-1]].get(end) for end in ("low", "high"))
    shares[-1] += "" if low is None or high is None else f" [{low:.3f}, {high:.3f}]"
    return [*shares, _said(numbers["average_precision"]), *(f"{numbers[name]:,}" for name in COUNTS)]


def _said(number: float | None) -> str:
    return "-" if number is None else f"{number:.3f}"
