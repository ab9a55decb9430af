"""From what a person names to what is evaluated: a run or a bundle, or a recipe whose floors alone are scored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fabula import bundle, files, shipped
from fabula.data.corpus import Split, open_corpus, open_split
from fabula.data.open import of_source, open_source
from fabula.errors import FabulaError
from fabula.evaluate.ceilings import ceilings_of
from fabula.evaluate.fitted import floors_of
from fabula.evaluate.manners import in_other_manners
from fabula.floors import fit
from fabula.floors.progress import Progress, silent
from fabula.recipe import Data, Recipe
from fabula.retelling import teller_of
from fabula.tokenizer import Tokenizer

MODEL = "model"  # the trained model's name among the tellers


@dataclass(frozen=True)
class Opened:
    """Everything that `evaluate` needs."""

    tellers: Mapping[str, Any]  # storytellers, and whoever tells again
    split: Split
    tokenizer: Tokenizer
    data: Data
    about: Mapping[str, Any]
    ceilings: Mapping[str, Any] = field(default_factory=dict)


def open_run(
    path: Path,
    source: str | None = None,
    split: str | None = None,
    *,
    device: str = "cpu",
    floors: bool = True,
    progress: Progress = silent,
    **keys: str | None,
) -> Opened:
    """The model of a run or bundle and its floors, on its own data or on a source that it has never seen.

    `keys` are the names of that source's columns (`captions_key`, ...) where they are unusual.

    Beside the model stands what it paints in other manners (manners.py). Floors that the bundle lacks are fitted on the
    run's train data and kept in it, those of a shipped one in the cache; without `floors` there are none, and no
    ceilings.
    """
    held = bundle.load(path)
    data = _there(held.recipe.data, path) if source is None else of_source(held.recipe.data, source, **keys)
    found = open_split(data, split, held.tokenizer)
    beside = floors_of(held, data, progress).tellers() if floors else {}
    model = teller_of(held.model, held.tokenizer, held.recipe, device)
    digest = files.digest(held.folder / "model.safetensors")[:16]
    about = {"model": held.recipe.name, "weights": digest, "tell": vars(held.recipe.tell)}
    above = ceilings_of(found, data) if floors else {}
    models = {MODEL: model, **in_other_manners(MODEL, model, oracles=floors)}
    return Opened({**models, **beside}, found, held.tokenizer, data, about, above)


def open_floors(recipe: Recipe, split: str | None = None, *, progress: Progress = silent) -> Opened:
    """The floors of a recipe, fitted now. No model is trained but the language model among them."""
    corpus = open_corpus(recipe.data)
    name = split or ("test" if "test" in corpus.splits else next(iter(corpus.splits)))
    if name not in corpus.splits:
        raise FabulaError(f"{recipe.data.source}: no split {name!r}; it has {', '.join(corpus.splits)}")
    floors = fit(corpus, recipe, progress)
    about = {"model": None, "tell": vars(recipe.tell)}
    found = corpus.splits[name]
    return Opened(floors.tellers(), found, corpus.tokenizer, recipe.data, about, ceilings_of(found, recipe.data))


def _there(data: Data, path: Path) -> Data:
    """The same. FabulaError, with what to do, where a shipped bundle's own data is not there: it is never shipped."""
    try:
        if shipped.meant(path):
            open_source(data.source, data)
    except FabulaError as error:
        own = f"what {path} learned from does not come with its weights"
        what = "name a copy of it, or other stories, with --data, as --data parquet:PATH"
        raise FabulaError(f"{error}; {own}: {what}") from error
    return data
