"""The evidence of several runs in two tables of Markdown: models between best floor and ceiling, and all floors.

    python benchmarks/evidence.py NAME=EVALUATION[,EVALUATION...] ...

Every EVALUATION is a folder that `fabula evaluate` wrote, of one seed; the first of the first NAME must hold floors.
A cell of a model is the mean over its seeds, its 95 % interval over stories (the mean of both ends) and, where there
are several, the deviation between seeds after a sign of plus and minus. The way is of those seeds that have a ceiling
beside them, and stands where there is one.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from fabula import files
from fabula.metrics import MEASURES
from fabula.verdict import best_floor

SHOWN = {
    "caption.log_loss_word": "log-loss, nats a word",
    "caption.perplexity_word": "perplexity a word",
    "caption.chrf": "chrF, free-running",
    "caption.meteor": "METEOR, free-running",
    "caption.cider_d": "CIDEr-D, free-running",
    "caption.names_f1": "names of the context, F1",
    "caption.length_ratio": "length over the truth's",
    "world.caption.who": "caption: who",
    "world.caption.where": "caption: where",
    "world.caption.doing": "caption: doing what",
    "picture.mae": "MAE",
    "picture.ssim": "SSIM",
    "picture.sharpness": "sharpness over the truth's",
    "picture.spread_ratio": "spread over inputs, over the truth's",
    "world.picture.who": "picture: who",
    "world.picture.where": "picture: where",
    "world.picture.doing": "picture: doing what",
    "cloze.caption": "cloze, caption by likelihood",
    "cloze.picture": "cloze, picture by distance",
    "retrieval.picture.r10": "picture found, R@10",
    "retrieval.caption.r10": "caption found, R@10",
    "scorer.frechet": "Fréchet distance",
    "agreement.told": "agreement of told picture and caption",
}
CONDITIONS = {"shuffled": "another story's context", "last_frame": "the last frame alone", "reversed": "reversed order"}
COSTS = {"caption.log_loss_word": "nats a word more", "picture.mae": "MAE more"}
PERPLEXITY, LONG = "caption.perplexity_word", 100
Runs = Mapping[str, Sequence[Mapping[str, Any]]]  # name -> what stands in the scores of each seed


def main(*named: str) -> None:
    runs = {name: [_scores(folder) for folder in folders.split(",")] for name, _, folders in map(_split, named)}
    first = next(iter(runs.values()))[0]
    print(f"{first['data']}, {first['split']} split, {first['windows']:,} windows of {first['stories']:,} stories.\n")
    _print(_between(runs, first))
    _print(_floors(first))
    for name, seeds in runs.items():
        print(f"{name}: {' '.join(seeds[0]['verdict'])}\n")


def _split(named: str) -> tuple[str, str, str]:
    return named.partition("=")


def _scores(folder: str) -> Mapping[str, Any]:
    return files.read_json(Path(folder) / "scores.json")


def _print(rows: list[list[str]]) -> None:
    head, *body = rows
    for row in (head, ["---", *["---:"] * (len(head) - 1)], *body):
        print(f"| {' | '.join(row)} |")
    print()


def _between(runs: Runs, first: Mapping[str, Any]) -> list[list[str]]:
    """A row a measure: every model with its way, the best floor, the ceiling; then what changed contexts cost."""
    tellers, rows = first["tellers"], [["", *runs, "best floor", "ceiling"]]
    for measure, label in SHOWN.items():
        cells = [_cell(measure, [_model(seed, measure) for seed in seeds]) for seeds in runs.values()]
        if any(cells):
            floor = best_floor(tellers, measure)
            named = f"{_cell(measure, [tellers[floor]['metrics'][measure]])} {floor.replace('_', ' ')}" if floor else ""
            rows.append([label + _arrow(measure), *cells, named, _cell(measure, [_ceiling(tellers, measure)])])
    for measure, unit in COSTS.items():
        for condition, said in CONDITIONS.items():
            costs = {name: [_cost(seed, condition, measure) for seed in runs[name]] for name in runs}
            rows.append([f"{said}: {unit}", *(_cell(measure, found) for found in costs.values()), "", ""])
    return rows


def _floors(first: Mapping[str, Any]) -> list[list[str]]:
    """A row a measure, a column a floor."""
    floors = {name: teller for name, teller in first["tellers"].items() if teller["kind"] not in ("model", "ceiling")}
    peeks = {name: " (peeks)" if teller["kind"] == "oracle" else "" for name, teller in floors.items()}
    rows = [["", *(name.replace("_", " ") + peeks[name] for name in floors)]]
    for measure, label in SHOWN.items():
        if any(measure in teller["metrics"] for teller in floors.values()):
            rows.append(
                [label + _arrow(measure), *(_short(measure, t["metrics"].get(measure)) for t in floors.values())]
            )
    return rows


def _model(scores: Mapping[str, Any], measure: str) -> Mapping[str, Any] | None:
    return scores["tellers"]["model"]["metrics"].get(measure)


def _ceiling(tellers: Mapping[str, Any], measure: str) -> Mapping[str, Any] | None:
    """The laws, asked about fewer windows; of pictures' squared error the mean picture."""
    for name in ("the_laws", "the_laws_mean_picture"):
        if name in tellers and measure in tellers[name]["metrics"]:
            return tellers[name]["metrics"][measure]
    return None


def _cost(scores: Mapping[str, Any], condition: str, measure: str) -> Mapping[str, Any] | None:
    conditions = scores["probes"].get("model", {}).get("conditions", {})
    return conditions.get(condition, {}).get(measure)


def _cell(measure: str, entries: Sequence[Mapping[str, Any] | None]) -> str:
    known = [entry for entry in entries if entry and entry.get("value") is not None]
    if not known:
        return ""
    values = [entry["value"] for entry in known]
    spread = f" ± {_number(measure, float(np.std(values, ddof=1)))}" if len(values) > 1 else ""
    ends = [np.mean([entry[end] for entry in known]) for end in ("low", "high") if all(end in entry for entry in known)]
    interval = f" [{', '.join(_number(measure, float(end)) for end in ends)}]" if ends else ""
    ways = [entry["way"] for entry in known if "way" in entry]
    way = f", {100 * np.mean(ways):.0f} % of the way" if ways and np.mean(ways) > 0 else ""
    return f"{_number(measure, float(np.mean(values)))}{spread}{interval}{way}"


def _short(measure: str, entry: Mapping[str, Any] | None) -> str:
    return "" if not entry or entry.get("value") is None else _number(measure, entry["value"])


def _number(measure: str, value: float) -> str:
    if measure == PERPLEXITY or abs(value) >= LONG:
        return f"{value:,.1f}" if abs(value) < LONG else f"{value:,.0f}"
    return f"{round(value, 3) + 0.0:.3f}"  # no zero below zero


def _arrow(measure: str) -> str:
    return {"lower": " ↓", "higher": " ↑", None: ""}[MEASURES[measure].better]


if __name__ == "__main__":
    main(*sys.argv[1:])
