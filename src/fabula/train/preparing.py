"""What a writer is shown of the train captions before its first step."""

from __future__ import annotations

import numpy as np
from torch import nn

from fabula.counting.stream import Stories
from fabula.data.corpus import Corpus
from fabula.roles import CaptionDecoder


def learned_captions(corpus: Corpus) -> Stories:
    """All captions that a run may learn from, those of texts too, and of which story each is."""
    counts = corpus.words.counts
    return Stories(corpus.captions.ids.astype(np.int64), np.repeat(np.arange(len(counts)), counts))


def prepare_writers(model: nn.Module, corpus: Corpus) -> None:
    """Every caption decoder with weights that learn gets ready."""
    for part in model.modules():
        if isinstance(part, CaptionDecoder) and any(weight.requires_grad for weight in part.parameters()):
            part.prepare(*learned_captions(corpus))
