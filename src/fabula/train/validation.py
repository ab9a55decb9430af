"""What a model is worth on windows it does not learn from: every loss, perplexity, picture-text similarity."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable

import numpy as np
import torch
from accelerate import Accelerator

from fabula.layers.words import IGNORED
from fabula.losses.caption import caption_nats
from fabula.model import StoryModel
from fabula.train.precision import full_precision
from fabula.train.state import TrainState
from fabula.types import StoryBatch, StoryOutput

FULL = 1 << 60  # a step at which every loss has its full weight, so that values of all steps can be compared


@torch.no_grad()
def validate(state: TrainState, batches: Iterable[StoryBatch], accelerator: Accelerator) -> dict[str, float]:
    """Means over windows: `loss` (all weights at their full size), each loss by name, and what the model measures.

    `perplexity` is per token, teacher-forced, end included; `similarity` the mean cosine between the encodings of the
    true target's picture and caption, in [-1, 1], where the model encodes both. Dice are the same at every call; the
    model is in evaluation mode.
    """
    state.model.eval()
    state.objective.eval()
    torch.manual_seed(0)
    sums: dict[str, float] = defaultdict(float)
    for batch in batches:
        batch = batch.to(accelerator.device)
        with accelerator.autocast():
            output = state.model(batch, state.objective.needs)
        for name, value in _sums(state, batch, full_precision(output)).items():
            sums[name] += value
    return _means(sums)


def _sums(state: TrainState, batch: StoryBatch, output: StoryOutput) -> dict[str, float]:
    """Sums over the windows of a batch; a colon leads what is no measure, as no loss is named so."""
    loss, parts = state.objective(output, batch, FULL)
    count = len(batch.target.images)
    sums = {name: float(mean) * count for name, mean in {"loss": loss, **parts}.items()}
    if isinstance(state.model, StoryModel):
        sums["similarity"] = float(state.model.similarity(batch.target).double().mean()) * count
        measured = {name: output.terms[name] for name in state.model.measures if name in output.terms}
        sums |= {name: float(column.double().sum()) for name, column in measured.items()}
    if output.caption is not None:
        sums[":nats"] = float(caption_nats(output.caption).double().sum())
        sums[":tokens"] = int((output.caption.expected != IGNORED).sum())
    return {**sums, ":windows": count}


def _means(sums: dict[str, float]) -> dict[str, float]:
    means = {name: value / sums[":windows"] for name, value in sums.items() if name[0] != ":"}
    if ":nats" in sums:
        means["perplexity"] = _exp(sums[":nats"] / max(1, sums[":tokens"]))
    return means


def _exp(nats: float) -> float:
    return math.exp(nats) if nats < 700 else math.inf


def spread(count: int, wanted: int) -> np.ndarray:
    """`wanted` positions of `count`, at even distances; all of them where there are no more."""
    return np.unique(np.linspace(0, count - 1, min(count, wanted)).round().astype(np.int64))
