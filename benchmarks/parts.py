"""What a part costs: the time of a training step with it, over that of the plain recipe: `python benchmarks/parts.py`.

All variants take their steps in turn, so that what else the machine does falls on all of them alike.
Options: a recipe, then changes to it; without changes, those of `VARIANTS`.
"""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Iterator

os.environ.setdefault("OMP_NUM_THREADS", "1")  # set before torch is imported

from fabula.bundle import read_recipe
from fabula.data.batches import Batches
from fabula.data.corpus import Corpus, open_corpus
from fabula.recipe import Recipe
from fabula.train.device import open_accelerator
from fabula.train.loop import train
from fabula.train.state import fresh_state

SMALL = ("data.world.train=60", "data.world.validation=10", "data.world.test=10", "train.batch_size=16")
WARM, MEASURED = 2, 8  # steps of each variant
VARIANTS = (
    "model.image_decoder=copy",
    "model.image_decoder=gated",
    "model.image_decoder=variational",
    "model.image_decoder=skip",
    "model.image_decoder=deep",
    "model.image_encoder=resnet",
    "model.image_encoder=vit",
    "model.image_encoder=spatial_attention",
    "model.fusion=cross_attention",
    "model.temporal=transformer",
    "model.caption_decoder=transformer",
    "losses.edges={use: edge, weight: 1}",
    "losses.perceptual={use: perceptual, weight: 1}",
    "losses.adversarial={use: adversarial, weight: 0.05}",
)


def main(arguments: list[str]) -> None:
    base, *variants = arguments or ["base"]
    changes = ["", *(variants or VARIANTS)]
    read = [read_recipe(base, (*SMALL, *filter(None, [change]))) for change in changes]
    corpus = open_corpus(read[0].data)
    steps = [seconds(recipe, corpus) for recipe in read]
    taken = list(zip(*steps, strict=True))[WARM:]
    plain, *others = (statistics.median(row) for row in zip(*taken, strict=True))
    print(f"{base}, {read[0].data.picture_size}, batches of {read[0].train.batch_size}: {plain:.3f} s a step")
    for change, step in zip(changes[1:], others, strict=True):
        print(f"{step / plain:6.2f} times with {change}")


def seconds(recipe: Recipe, corpus: Corpus) -> Iterator[float]:
    """The seconds of each of a run's first steps."""
    split, rows = corpus.splits["train"], recipe.train.batch_size
    batches = Batches(split.store, split.windows, corpus.tokenizer, recipe.data, rows, recipe.seed)
    state = fresh_state(recipe, corpus.tokenizer.vocabulary)
    reports = train(state, batches.at, recipe, WARM + MEASURED, open_accelerator(recipe.train))
    return (report.seconds for report in reports)


if __name__ == "__main__":
    main(sys.argv[1:])
