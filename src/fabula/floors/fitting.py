"""Fit every floor on train alone, and where a recipe names texts, those that write on these too.

Of validation only the cache's weights and the moment to stop are learned.
"""

from __future__ import annotations

import numpy as np

from fabula.counting.cache import Cached, choose_weights, usual_weights
from fabula.counting.ngram import NGram
from fabula.counting.stream import Stories
from fabula.data.corpus import Corpus, Split
from fabula.errors import FabulaError
from fabula.floors.floors import Floors
from fabula.floors.language import fit_language_model
from fabula.floors.progress import Progress, silent
from fabula.floors.typical import mean_picture, median_picture
from fabula.floors.writers import most_common
from fabula.recipe import Recipe
from fabula.train.preparing import learned_captions
from fabula.train.state import count_steps
from fabula.types import Vocabulary

MOST_WINDOWS = 2000  # of validation, for the weights of the cache


def fit(corpus: Corpus, recipe: Recipe, progress: Progress = silent) -> Floors:
    """All floors of a corpus that has `train`; `validation` where there is one. Test data is never touched."""
    if "train" not in corpus.splits:
        raise FabulaError(f"{recipe.data.source}: floors are fitted on 'train', which this source does not have")
    train, vocabulary = corpus.splits["train"], corpus.tokenizer.vocabulary
    targets = train.store.rows(train.windows)[:, -1]
    told = learned_captions(corpus)
    held = corpus.splits.get("validation")
    windows = len(corpus.learned(recipe).windows(recipe.data.context))
    return Floors(
        recipe,
        corpus.tokenizer,
        median=median_picture(train.store.pictures, targets, progress),
        mean=mean_picture(train.store.pictures, targets, progress),
        caption=most_common(train.store.captions[row] for row in targets),
        counts=_cached(NGram.fit(told.captions, vocabulary), held),
        language=_language(recipe, vocabulary, told, held, windows, progress),
    )


def _cached(ngram: NGram, held: Split | None) -> Cached:
    if held is None or not held.windows.context:
        return Cached(ngram, usual_weights())
    some = np.unique(np.linspace(0, len(held.windows) - 1, min(MOST_WINDOWS, len(held.windows))).astype(int))
    ids = held.captions.ids[held.store.rows(held.windows)[some]].astype(np.int64)  # (N, K + 1, L)
    return choose_weights(ngram, ids[:, -1], ids[:, :-1])


def _language(
    recipe: Recipe, vocabulary: Vocabulary, told: Stories, held: Split | None, windows: int, progress: Progress
):
    if recipe.model.caption_decoder is None or not recipe.data.context:
        return None
    own = held.captions.ids.astype(np.int64) if held is not None else told.captions[:0]
    return fit_language_model(recipe, vocabulary, told, own, count_steps(recipe.train, windows), progress)
