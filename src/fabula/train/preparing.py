"""What is shown of the train split before the first step: captions to a writer who counts, pictures to a codec."""

from __future__ import annotations

import numpy as np
from torch import nn

from fabula.autoencoder import CodecLearner
from fabula.counting.stream import Stories
from fabula.data.corpus import Corpus
from fabula.images import to_tensor
from fabula.roles import CaptionDecoder
from fabula.train.validation import spread

SHOWN = 1000  # pictures, at even distances


def prepare(model: nn.Module, corpus: Corpus) -> None:
    """Everything that learns and wants to see what it will learn from gets ready."""
    prepare_writers(model, corpus)
    if isinstance(model, CodecLearner) and hasattr(model.codec, "prepare"):
        pictures = corpus.splits["train"].store.pictures
        model.codec.prepare(to_tensor(np.stack([pictures[row] for row in spread(len(pictures), SHOWN)])))


def learned_captions(corpus: Corpus) -> Stories:
    """All captions that a run may learn from, those of texts too, and of which story each is."""
    counts = corpus.words.counts
    return Stories(corpus.captions.ids.astype(np.int64), np.repeat(np.arange(len(counts)), counts))


def prepare_writers(model: nn.Module, corpus: Corpus) -> None:
    """Every caption decoder with weights that learn gets ready."""
    for part in model.modules():
        if isinstance(part, CaptionDecoder) and any(weight.requires_grad for weight in part.parameters()):
            part.prepare(*learned_captions(corpus))
