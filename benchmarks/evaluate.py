"""What evaluation costs as its windows grow, everything on: each part in seconds of work, and the whole in seconds.

    python benchmarks/evaluate.py RUN [WINDOWS ...]

RUN is a trained run or bundle; of its world, as many test stories are made as the windows need. Without numbers, 1,250
and 5,000 windows are asked.
"""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

os.environ |= {"OMP_WAIT_POLICY": "PASSIVE"}  # as the command does

from rich.console import Console
from rich.table import Table

from fabula import bundle, files
from fabula.data.corpus import Split, open_split
from fabula.errors import FabulaError
from fabula.evaluate import evaluate, open_run
from fabula.evaluate.opening import Opened
from fabula.floors.progress import bars
from fabula.scorer import open_scorer

PER_STORY = 4.5  # windows of a story of the world, four frames of context given
LEAST = 0.005  # of all work: smaller parts are added up


def main(run: str, *counts: str) -> None:
    wanted = sorted(int(count) for count in counts) or [1250, 5000]
    opened = open_run(Path(run), progress=bars)
    opened = replace(opened, split=_large_split(Path(run), wanted[-1]))
    _show({count: _costs(opened, count) for count in wanted})


def _large_split(run: Path, windows: int) -> Split:
    held = bundle.load(run)
    data = held.recipe.data
    stories = int(windows / PER_STORY) + 20
    split = open_split(replace(data, world=replace(data.world, test=stories)), "test", held.tokenizer)
    if len(split.windows) < windows:
        raise FabulaError(f"{stories} stories have {len(split.windows)} windows, fewer than {windows}: ask for fewer")
    return split


def _costs(opened: Opened, count: int) -> dict[str, float]:
    """Seconds by part."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "evaluation"
        evaluate(**vars(opened), scorer=open_scorer(), out=out, limit=count, progress=bars)
        return files.read_json(out / "costs.json")


def _show(costs: dict[int, dict[str, float]]) -> None:
    few, many = costs[min(costs)], costs[max(costs)]
    work = sum(seconds for part, seconds in many.items() if part != "whole")
    growth = ["ms a window more"] if len(costs) > 1 else []
    table = Table("part", *(f"{count:,} windows" for count in costs), *growth)
    for part, seconds in sorted(many.items(), key=lambda item: -item[1]):
        if seconds >= LEAST * work:
            more = 1000 * (seconds - few.get(part, 0.0)) / max(1, max(costs) - min(costs))
            table.add_row(
                part, *(f"{cost.get(part, 0.0):.1f} s" for cost in costs.values()), *(f"{more:.2f}" for _ in growth)
            )
    Console().print(table)


if __name__ == "__main__":
    main(*sys.argv[1:])
