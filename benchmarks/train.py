"""How fast a recipe trains, and what share of the time goes to anything but the model: `python benchmarks/train.py`.

Options: a recipe and overrides as for `fabula train`. The figure to compare between machines is the share.
"""

from __future__ import annotations

import os
import statistics
import sys

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch

from fabula.bundle import read_recipe
from fabula.data.batches import Batches
from fabula.data.corpus import open_corpus
from fabula.train.device import free_threads, open_accelerator
from fabula.train.loop import train
from fabula.train.state import fresh_state

WARM, MEASURED = 3, 20  # steps
SMALL = ("data.world.train=60", "data.world.validation=10", "data.world.test=10")


def main(arguments: list[str]) -> None:
    recipe = read_recipe((arguments or ["tiny"])[0], tuple(arguments[1:]) or SMALL)
    torch.set_num_threads(recipe.train.threads or free_threads())
    corpus, accelerator = open_corpus(recipe.data), open_accelerator(recipe.train)
    split = corpus.splits["train"]
    batches = Batches(split.store, split.windows, corpus.tokenizer, recipe.data, recipe.train.batch_size, recipe.seed)
    state = fresh_state(recipe, corpus.tokenizer.vocabulary)
    reports = list(train(state, batches.at, recipe, WARM + MEASURED, accelerator))[WARM:]
    seconds = statistics.median(report.seconds for report in reports)
    waited = statistics.median(report.waited / report.seconds for report in reports)
    print(f"{recipe.name}: {reports[0].windows / seconds:.1f} windows/s on {accelerator.device.type}, ", end="")
    print(f"{torch.get_num_threads()} threads, {recipe.train.precision}; share of data in a step {waited:.2%}")


if __name__ == "__main__":
    main(sys.argv[1:])
