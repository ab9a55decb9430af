"""METEOR by nltk: told words are paired with true ones, equal first, then of one stem, then of one meaning.

nltk pairs from the end of the captions, each word with the last free one: where a word comes several times, the
captions may fall into more runs than METEOR's own program finds. It looks synonyms up by stem, and misses some.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from types import SimpleNamespace
from typing import Any

import numpy as np

from fabula.metrics.measure import mean_of
from fabula.metrics.told import Column, Told
from fabula.metrics.words import words

METEOR, WITH_WORDNET = "caption.meteor", "caption.meteor_wordnet"
ALPHA, BETA, GAMMA = 0.9, 3.0, 0.5  # Banerjee & Lavie 2005; the names are those of Lavie & Agarwal 2007

Score = Callable[[Sequence[str], Sequence[str]], float]  # true words, told words -> 0 to 1

MEASURES = {
    METEOR: mean_of(
        METEOR,
        "higher",
        "METEOR with equal words and equal stems (nltk, parameters of 2005), mean over windows, 0 to 1.",
        "free-running",
    ),
    WITH_WORDNET: mean_of(
        WITH_WORDNET,
        "higher",
        "METEOR with WordNet's synonyms besides; only where nltk finds WordNet.",
        "free-running",
    ),
}


def statistics(told: Told) -> dict[str, Column]:
    """The columns of the measures above; none where nothing was written, synonyms only where WordNet is there."""
    if told.captions is None:
        return {}
    pairs = [(words(true), words(caption)) for true, caption in zip(told.true_captions, told.captions, strict=True)]
    return {name: np.array([score(*pair) for pair in pairs], np.float64) for name, score in _scores().items()}


def meteor(told: str, true: str, *, synonyms: Any = None) -> float:
    """(1 - penalty) F, 0 to 1: F = P R / (.9 P + .1 R) of paired words, penalty = .5 (runs / pairs)^3.

    A run is a row of pairs that stand side by side in both captions. `synonyms` is a reader of WordNet, or anything
    with its `synsets(word)`; without one, words are paired by form and by Porter's stem. No pair is 0.
    """
    return _score(synonyms)(words(true), words(told))


@lru_cache(maxsize=1)
def _scores() -> dict[str, Score]:
    wordnet = _wordnet()
    return {METEOR: _score(None)} | ({WITH_WORDNET: _score(wordnet)} if wordnet else {})


def _score(wordnet: Any) -> Score:
    """nltk's, each word's stem and synonyms looked up once."""
    from nltk.stem.porter import PorterStemmer
    from nltk.translate.meteor_score import single_meteor_score

    return partial(
        single_meteor_score,
        preprocess=str,  # lower-cased already
        stemmer=_kept(stem=PorterStemmer().stem),
        wordnet=_kept(synsets=wordnet.synsets if wordnet else lambda word: ()),
        alpha=ALPHA,
        beta=BETA,
        gamma=GAMMA,
    )


def _kept(**functions: Callable[[str], Any]) -> Any:
    """An object with these functions of a word, each asked but once for a word."""
    return SimpleNamespace(**{name: lru_cache(maxsize=None)(function) for name, function in functions.items()})


def _wordnet() -> Any:
    """nltk's reader of WordNet; None where its files are not all on this machine. Nothing is downloaded."""
    from nltk.corpus import wordnet

    try:
        wordnet.ensure_loaded()
    except (LookupError, OSError):  # there is none, or not all of it
        return None
    return wordnet
