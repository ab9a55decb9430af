"""What evaluation costs: each part as milliseconds a window, and as a share of all.

    python benchmarks/evaluate.py [RECIPE] [key=value ...]

Trains nothing: the model has the weights that it was born with.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch
from rich.console import Console
from rich.table import Table

from fabula import bundle, files
from fabula.building import build_model
from fabula.data.corpus import open_corpus
from fabula.evaluate import evaluate
from fabula.floors import fit
from fabula.floors.progress import bars
from fabula.storyteller import ModelStoryteller

WINDOWS = (100, 200)
SMALL = ("train.steps=50", "data.world.train=200", "data.world.validation=30", "data.world.test=60")


def main(recipe_path: str = "recipes/tiny.yaml", *overrides: str) -> None:
    recipe = bundle.read_recipe(recipe_path, (*SMALL, *overrides))
    corpus = open_corpus(recipe.data)
    torch.manual_seed(recipe.seed)
    model = build_model(recipe.model, recipe.data.picture_size, corpus.tokenizer.vocabulary)
    started = time.perf_counter()
    floors = fit(corpus, recipe, bars)
    print(f"floors fitted in {time.perf_counter() - started:.1f} s (language model: 50 steps)")
    tellers = {"model": ModelStoryteller(model, corpus.tokenizer, recipe), **floors.tellers()}
    costs = {count: _costs(tellers, corpus, recipe, count) for count in WINDOWS}
    _show(costs)


def _costs(tellers, corpus, recipe, count: int) -> dict[str, float]:
    """Seconds by part, and how many windows there were."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "evaluation"
        split = corpus.splits["test"]
        scores = evaluate(tellers, split, corpus.tokenizer, recipe.data, out=out, limit=count, about={}, progress=bars)
        return files.read_json(out / "costs.json") | {"windows": scores["windows"]}


def _show(costs: dict[int, dict[str, float]]) -> None:
    few, many = (costs[count] for count in WINDOWS)
    total = sum(seconds for part, seconds in many.items() if part != "windows")
    table = Table("part", "ms a window", "share", f"x for {many['windows'] / few['windows']:.1f} x the windows")
    for part, seconds in sorted(many.items(), key=lambda item: -item[1]):
        if part != "windows":
            growth = f"{seconds / few[part]:.1f}" if few[part] > 0.05 else ""
            table.add_row(part, f"{1000 * seconds / many['windows']:.2f}", f"{seconds / total:.1%}", growth)
    table.add_row("all", f"{1000 * total / many['windows']:.2f}", "100.0%", "")
    Console().print(table)


if __name__ == "__main__":
    main(*sys.argv[1:])
