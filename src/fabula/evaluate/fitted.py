"""The floors beside a model: kept in its bundle, or fitted now and kept where they are found again."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from fabula import bundle, files, shipped
from fabula.data.corpus import open_corpus
from fabula.data.open import open_source
from fabula.data.splits import for_training
from fabula.data.texts import text_source
from fabula.errors import FabulaError
from fabula.floors import Floors, fit
from fabula.floors.progress import Progress, silent
from fabula.recipe import Data


def floors_of(held: bundle.Bundle, data: Data, progress: Progress = silent) -> Floors:
    """The floors of a bundle; those that it lacks are fitted on the train data that its recipe names, and kept in it.

    A shipped bundle, which is never written to, has them in the cache. Its own data may not be there, and then `data`
    stands in, which is to be scored. FabulaError where there is no train data to fit them on.
    """
    own = held.folder / "floors"
    if own.is_dir():
        return Floors.load(own, held.recipe, held.tokenizer)
    try:
        if not shipped.meant(held.folder):
            return _fitted(held, held.recipe.data, own, progress)
        source = _first_there(held.recipe.data, data)
        place = _cached(held, source)
        if place.is_dir():
            return Floors.load(place, held.recipe, held.tokenizer)
        return _fitted(held, source, place, progress)
    except FabulaError as error:
        why = f"no floors in this bundle, and no train data to fit them on ({error})"
        raise FabulaError(f"{held.folder}: {why}; with --alone it is scored without floors") from error


def _fitted(held: bundle.Bundle, data: Data, place: Path, progress: Progress) -> Floors:
    floors = fit(open_corpus(data, None, held.tokenizer), held.recipe, progress)
    floors.save(place)
    return floors


def _first_there(own: Data, given: Data) -> Data:
    """What the model learned from where it is there, else what it is scored on alone."""
    try:
        open_source(own.source, own)
        for name in own.texts:
            text_source(own, name)
    except FabulaError:
        return replace(given, texts=())
    return own


def _cached(held: bundle.Bundle, data: Data) -> Path:
    """Named after all that floors follow from: the bundle, and the train stories."""
    source = for_training(open_source(data.source, data))
    learned = source.digest("train") if "train" in source.splits else source.name
    parts = [files.digest(held.folder / part) for part in bundle.PARTS]
    key = hashlib.sha256("".join([*parts, learned]).encode()).hexdigest()[:16]
    return files.cache_folder() / "floors" / f"{held.folder.name}-{key}"
