"""The scores in the terminal: pictures, captions teacher-forced, captions free-running; models above their floors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from fabula.metrics import MEASURES
from fabula.verdict import best_floor

TITLES = {
    "n.a.": "Pictures",
    "teacher-forced": "Captions, teacher-forced: each word after the true words before it",
    "free-running": "Captions, free-running: each word after the teller's own",
}
LABELS = {
    "perplexity": "perplexity/token",
    "perplexity_word": "perplexity/word",
    "log_loss_word": "nats/word",
    "bits_per_byte": "bits/byte",
    "sharpness": "sharp",
    "spread_ratio": "ratio",
    "length_ratio": "ratio",
    "rouge_l": "rouge",
    "cider_d": "cider",
    "names_f1": "names",
    "names_invented": "invented",
    "tags_valid": "tags",
    "repetition": "rep.",
    "distinct": "kinds",
    "distinct_1": "dist1",
    "distinct_2": "dist2",
}
LEFT_OUT = ("caption.names_precision", "caption.names_recall")  # a line is short; the page has them
ARROWS = {"lower": "↓", "higher": "↑", None: ""}
ORDER = {"model": 0, "floor": 1, "oracle": 2, "ceiling": 3}


def show(scores: Mapping[str, Any], console: Console) -> None:
    """Print the tables, then the verdict."""
    for regime in TITLES:
        console.print(table(scores, regime))
    for sentence in scores["verdict"]:
        console.print(f"• {sentence}", markup=False, highlight=False)


def table(scores: Mapping[str, Any], regime: str) -> Table:
    """The measures of one regime; the best floor of each in bold, beneath it the truth's own values. A star peeks."""
    tellers = scores["tellers"]
    found = {m for teller in tellers.values() for m, entry in teller["metrics"].items() if entry["value"] is not None}
    names = [m for m in MEASURES if MEASURES[m].regime == regime and m in found and m not in LEFT_OUT]
    best = {measure: best_floor(tellers, measure) for measure in names}
    made = Table(title=TITLES[regime], title_justify="left", title_style="bold", box=SIMPLE_HEAD, padding=0)
    made.add_column("teller", no_wrap=True)
    for measure in names:
        made.add_column(_label(measure), justify="right")
    for name in sorted(tellers, key=lambda name: ORDER[tellers[name]["kind"]]):
        metrics = tellers[name]["metrics"]
        if any(measure in metrics for measure in names):
            cells = [_cell(metrics.get(m), m, bold=best[m] == name) for m in names]
            made.add_row(_name(name, tellers[name]["kind"]), *cells)
    _add_truth(made, names, scores["truth"]["metrics"])
    return made


def _add_truth(made: Table, names: list[str], truth: Mapping[str, Any]) -> None:
    if any(measure in truth for measure in names):
        made.add_section()
        made.add_row("the truth", *(_cell(truth.get(measure), measure) for measure in names), style="dim")


def _label(measure: str) -> str:
    short = measure.split(".")[1]
    return LABELS.get(short, short.replace("_", " ")) + ARROWS[MEASURES[measure].better]


def _name(name: str, kind: str) -> str:
    return {"model": f"[bold green]{name}[/]", "oracle": f"{name} [dim]*[/]", "ceiling": f"[bold]{name}[/]"}.get(
        kind, name
    )


def _cell(entry: Mapping[str, Any] | None, measure: str, *, bold: bool = False) -> str:
    if entry is None or entry["value"] is None:
        return ""
    value = entry["value"]
    if measure.endswith(".distinct") or abs(value) >= 1000:
        text = f"{value:,.0f}"
    else:
        text = f"{value:.{1 if abs(value) >= 100 else 2 if abs(value) >= 10 else 3}f}"
    return f"[bold]{text}[/]" if bold else text
