"""Of a writer with several voices: what each would say alone of the true captions, and how much of them it gave."""

from __future__ import annotations

from typing import Any

import numpy as np

from fabula.evaluate.asking import Chunk
from fabula.metrics.bootstrap import ratio
from fabula.metrics.told import Column

MIXTURE = "mixture"  # what the writer says with all its voices


def voices(teller: Any, chunk: Chunk, nats: Column | None = None) -> dict[str, dict[str, Any]]:
    """By voice, after the mixture of all, teacher-forced, each `{"value", "low", "high", "n"}`.

    log_loss_word: nats of a whitespace word, end token included, as in `caption.log_loss_word`; a token that a voice
    cannot say counts 20.7 nats, a probability of 1e-9. share: of the tokens, those that it gave, the mean of its gate.
    able: of the tokens, those that it could say at all. The mixture has its log-loss alone; `nats` (N,) are its own,
    where they are known. Nothing of a writer who has but one voice. Cost: one reading of the windows.
    """
    found = teller.voices(chunk.contexts, chunk.captions)
    if not found:
        return {}
    whole = np.asarray(teller.log_loss(chunk.contexts, chunk.captions), np.float64) if nats is None else nats
    entries = {MIXTURE: {"log_loss_word": ratio(whole, chunk.words, chunk.stories)}}
    for name, voice in found.items():
        parts = {"log_loss_word": (voice.nats, chunk.words)}
        parts |= {"share": (voice.share, chunk.tokens), "able": (voice.able, chunk.tokens)}
        entries[name] = {part: ratio(*columns, chunk.stories) for part, columns in parts.items()}
    return entries
