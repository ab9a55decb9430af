"""What is asked about the few windows that are looked at closely, beside what a teller tells of all of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabula.evaluate.asking import Chunk
from fabula.metrics.cloze import FIVE, candidates
from fabula.metrics.questions import scenes_of
from fabula.metrics.told import Told


def looked_at(teller: Any, chunk: Chunk, told: Told, few: NDArray[np.bool_]) -> Told:
    """What was told of a chunk, with the few marked, and with the teller's nats for the captions of the story cloze."""
    told = replace(told, few=few)
    if not few.any() or told.likelihood is None or not any(scenes_of(chunk.truths)):
        return told
    return replace(told, cloze=_cloze(teller, chunk, told))


def _cloze(teller: Any, chunk: Chunk, told: Told) -> NDArray[np.float64]:
    """(N, 5) nats of the five captions of each window that is asked, 0 elsewhere; all scored in one go."""
    fives = [(row, five) for row, five in enumerate(candidates(told)) if five is not None]
    contexts = [chunk.contexts[row] for row, five in fives for _ in five.captions]
    nats = teller.log_loss(contexts, [caption for _, five in fives for caption in five.captions])
    found = np.zeros((len(told), FIVE))
    found[[row for row, _ in fives]] = np.reshape(nats, (len(fives), FIVE))
    return found
