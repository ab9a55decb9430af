"""How likely the true captions are to a teller, teacher-forced, in units that let any two tokenizers be compared.

All four follow from the same total: the nats of every predicted token, the end token included. Nothing is scored as
unknown. Truncated text counts as it is scored: what was cut away is neither predicted nor counted as words or bytes.
"""

from __future__ import annotations

import numpy as np

from fabula.metrics.measure import Measure, Sums, ratio
from fabula.metrics.told import Column, Told

NATS, TOKENS, WORDS, BYTES = "caption.nats", "caption.tokens", "caption.words", "caption.bytes"


def perplexity(nats: Sums, count: Sums) -> Sums:
    """exp(nats / count)."""
    return np.exp(nats / count)


def bits(nats: Sums, count: Sums) -> Sums:
    """Nats to bits, over the count."""
    return nats / np.log(2) / count


MEASURES = {
    "caption.perplexity": Measure(
        "teacher-forced",
        "lower",
        "Perplexity of a token; only tellers with the same tokenizer can be compared.",
        (NATS, TOKENS),
        perplexity,
    ),
    "caption.perplexity_word": Measure(
        "teacher-forced",
        "lower",
        "Perplexity of a whitespace word: the exponential of the log-loss of a word; comparable over tokenizers.",
        (NATS, WORDS),
        perplexity,
    ),
    "caption.log_loss_word": Measure(
        "teacher-forced", "lower", "Log-loss of a whitespace word in nats, end token included.", (NATS, WORDS), ratio
    ),
    "caption.bits_per_byte": Measure(
        "teacher-forced", "lower", "Log-loss of a UTF-8 byte in bits, end token included.", (NATS, BYTES), bits
    ),
}


def statistics(told: Told) -> dict[str, Column]:
    """The columns of the measures above; none where the teller cannot score."""
    if told.likelihood is None:
        return {}
    found = told.likelihood
    return {NATS: found.nats, TOKENS: found.tokens, WORDS: found.words, BYTES: found.bytes}
