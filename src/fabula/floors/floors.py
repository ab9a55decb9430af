"""All floors of a recipe: what they learned from train, the tellers they are, and both on disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from fabula import files, weights
from fabula.building import build_unconditional
from fabula.counting.cache import Cached
from fabula.counting.ngram import NGram
from fabula.decoders import Unconditional
from fabula.errors import FabulaError
from fabula.floors.counting import NGramTeller
from fabula.floors.language import LanguageModel
from fabula.floors.painters import ConstantPicture, CopyLast, CopyRandomInput, MeanOfInputs, OracleBestInput
from fabula.floors.writers import CopyLastCaption, MostCommonCaption
from fabula.metrics.told import Pixels
from fabula.recipe import Recipe
from fabula.story import Storyteller
from fabula.tokenizer import Tokenizer

FORMAT = 1
ABOUT, PICTURES, COUNTS, LANGUAGE = "floors.json", "pictures.safetensors", "ngram.safetensors", "language.safetensors"
WITHOUT_CONTEXT = ("train_median", "train_mean", "most_common_caption", "ngram")
WEIGHTS = "cache"  # the name of the cache's weights beside the n-grams
Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Floors:
    """What was learned from train alone. `recipe` and `tokenizer` are those of the model that stands beside them."""

    recipe: Recipe
    tokenizer: Tokenizer
    median: Pixels  # (H, W, 3)
    mean: Pixels  # (H, W, 3)
    caption: str  # the commonest
    counts: Cached
    language: Unconditional | None  # None where the recipe writes no captions

    def tellers(self) -> dict[str, Storyteller]:
        """Every floor by name; each has a `kind`, floor or oracle."""
        data, tell = self.recipe.data, self.recipe.tell
        found: dict[str, Any] = {
            "train_median": ConstantPicture(data, self.median),
            "train_mean": ConstantPicture(data, self.mean),
            "copy_last": CopyLast(data),
            "copy_random_input": CopyRandomInput(data),
            "mean_of_inputs": MeanOfInputs(data),
            "oracle_best_input": OracleBestInput(data),
            "most_common_caption": MostCommonCaption(self.caption),
            "copy_last_caption": CopyLastCaption(),
            "ngram": NGramTeller(self.counts.ngram, self.tokenizer, data, tell),
            "ngram_cache": NGramTeller(self.counts, self.tokenizer, data, tell),
        }
        if self.language is not None:
            found["language_model"] = LanguageModel(self.language, self.tokenizer, data, tell)
        return found if data.context else {name: found[name] for name in WITHOUT_CONTEXT}

    def save(self, folder: Path) -> None:
        """Write the folder whole; what stood there is replaced. Nothing in it is a pickle."""
        with files.new_folder(folder) as draft:
            _save_arrays(draft / PICTURES, {"median": self.median, "mean": self.mean})
            _save_arrays(draft / COUNTS, {**self.counts.ngram.arrays(), WEIGHTS: self.counts.weights})
            if self.language is not None:
                weights.save_tensors(draft / LANGUAGE, weights.own_tensors(self.language), {})
            about = {"format": FORMAT, "caption": self.caption, "tokenizer": self.tokenizer.digest}
            files.write_json(draft / ABOUT, about)

    @classmethod
    def load(cls, folder: Path, recipe: Recipe, tokenizer: Tokenizer) -> Floors:
        """What `save` wrote. FabulaError where it is not there, broken, or of another tokenizer."""
        about = files.read_json(folder / ABOUT)
        if about.get("format") != FORMAT or about.get("tokenizer") != tokenizer.digest:
            raise FabulaError(f"{folder}: floors of another version or tokenizer; remove the folder, and fit them anew")
        try:
            return _loaded(folder, about["caption"], recipe, tokenizer)
        except FabulaError:
            raise
        except (KeyError, TypeError, ValueError) as error:
            raise FabulaError(f"{folder}: broken floors ({error}); remove the folder, and fit them anew") from error


def _loaded(folder: Path, caption: str, recipe: Recipe, tokenizer: Tokenizer) -> Floors:
    pictures, counts = _load_arrays(folder / PICTURES), _load_arrays(folder / COUNTS)
    _check_arrays(pictures, counts, recipe)
    mix = counts.pop(WEIGHTS)
    return Floors(
        recipe,
        tokenizer,
        median=pictures["median"],
        mean=pictures["mean"],
        caption=caption,
        counts=Cached(NGram.from_arrays(counts, tokenizer.vocabulary), mix),
        language=_load_language(folder / LANGUAGE, recipe, tokenizer),
    )


def _check_arrays(pictures: Arrays, counts: Arrays, recipe: Recipe) -> None:
    """ValueError where what was read is not of the form of what was written."""
    size = recipe.data.picture_size
    for name, array in pictures.items():
        if array.dtype != np.uint8 or array.shape != (size.height, size.width, 3):
            raise ValueError(f"{name}: {array.dtype} {array.shape} is no picture of {size}")
    for name, array in counts.items():
        kind = np.int64 if name.endswith(("grams", "contexts")) else np.float64
        if array.dtype != kind or not np.isfinite(array).all():
            raise ValueError(f"{name}: expected numbers of {np.dtype(kind)}")


def _load_language(path: Path, recipe: Recipe, tokenizer: Tokenizer) -> Unconditional | None:
    if recipe.model.caption_decoder is None or not recipe.data.context:
        return None
    with torch.random.fork_rng(devices=[]):  # the weights that it is born with are overwritten
        model = build_unconditional(recipe.model, tokenizer.vocabulary)
    weights.fill(model, weights.load_tensors(path)[0], path)
    return model


def _save_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    weights.save_tensors(path, {name: torch.from_numpy(np.ascontiguousarray(a)) for name, a in arrays.items()}, {})


def _load_arrays(path: Path) -> Arrays:
    return {name: tensor.numpy() for name, tensor in weights.load_tensors(path)[0].items()}
