"""The scores in the terminal: pictures, captions teacher-forced, captions free-running; models above their floors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from fabula.metrics import MEASURES
from fabula.verdict import best_floor

TITLES = {  # room of a measure, or regime and whether it has a better side
    "picture": "Pictures",
    "teacher-forced": "Captions, teacher-forced: each word after the true words before it",
    "free-running judged": "Captions, free-running: each word after the teller's own",
    "free-running": "The same captions by themselves",
    "world.caption": "World questions: share of told captions that give the true answer",
    "world.picture": "World questions: share of told pictures that show the true answer",
    "cloze": "Story cloze: the true next frame against four with one fact changed; chance is .2",
    "retrieval.picture": "Retrieval: is the true picture among the nearest to the told one?",
    "retrieval.caption": "Retrieval: is the true caption among the nearest to the told one?",
    "scorer": "Told pictures taken together, against the true ones in the scorer's space",
    "agreement": "Do a told picture and its told caption belong together?",
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
LEFT_OUT = (  # a line is short; the page has them
    "caption.names_precision",
    "caption.names_recall",
    "agreement.true",
    "agreement.shuffled",
    *(name for name in MEASURES if ".chance" in name),
)
ARROWS = {"lower": "↓", "higher": "↑", None: ""}
ORDER = {"model": 0, "floor": 1, "oracle": 2, "ceiling": 3}


def show(scores: Mapping[str, Any], console: Console) -> None:
    """Print the tables, then the verdict."""
    for title in TITLES:
        if names := _measures(scores, title):
            console.print(table(scores, TITLES[title], names))
    for sentence in scores["verdict"]:
        console.print(f"• {sentence}", markup=False, highlight=False)


def _measures(scores: Mapping[str, Any], title: str) -> list[str]:
    """The measures of one table that somebody has a value in."""
    tellers = scores["tellers"].values()
    found = {m for teller in tellers for m, entry in teller["metrics"].items() if entry["value"] is not None}
    return [m for m in MEASURES if m in found and _title_of(m) == title and m not in LEFT_OUT]


def _title_of(measure: str) -> str | None:
    """The key of the table in which a measure stands; None where it stands on the page alone."""
    room, regime = measure.split(".")[0], MEASURES[measure].regime
    if room != "caption":
        return next((title for title in TITLES if measure.startswith(f"{title}.")), None)
    return f"{regime} judged" if regime == "free-running" and MEASURES[measure].better else regime


def table(scores: Mapping[str, Any], title: str, names: list[str]) -> Table:
    """Some measures of all tellers; the best floor of each in bold, beneath it the truth's own values. A star peeks."""
    tellers = scores["tellers"]
    best = {measure: best_floor(tellers, measure) for measure in names}
    made = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, padding=0)
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
    short = measure.split(".")[-1]
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
