"""A model at rest: a folder with recipe.yaml, tokenizer.json and model.safetensors. All that telling needs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import torch

from fabula import files, shipped, weights
from fabula import recipe as recipes
from fabula.building import CATALOGUES, Learner, build_learner, complete_losses, complete_model
from fabula.errors import FabulaError
from fabula.losses import LOSSES
from fabula.model import StoryModel
from fabula.recipe import Recipe
from fabula.tokenizer import Tokenizer

FORMAT = "fabula-bundle-1"
PARTS = ("recipe.yaml", "tokenizer.json", "model.safetensors")
Precision = Literal["float32", "bfloat16"]


@dataclass(frozen=True)
class Bundle:
    """A trained model with what it needs to read and to tell; the model is in evaluation mode, on the processor."""

    model: Learner
    tokenizer: Tokenizer
    recipe: Recipe
    folder: Path

    @property
    def story_model(self) -> StoryModel:
        """FabulaError where what was trained is no story model."""
        if isinstance(self.model, StoryModel):
            return self.model
        what = "picture" if self.recipe.stage == "codec" else self.recipe.stage
        learned = f"this run learned to tell a {what} of itself, and continues no story"
        raise FabulaError(f"{self.folder}: {learned}; take its parts into a recipe with `from:`")


def read_recipe(path: Path | str, overrides: tuple[str, ...] = ()) -> Recipe:
    """A recipe with its components checked and every default written out, so that no later default can change it."""
    return complete(recipes.load(path, overrides, {**CATALOGUES, "losses": LOSSES}))


def complete(recipe: Recipe) -> Recipe:
    return replace(recipe, model=complete_model(recipe.model), losses=complete_losses(recipe.losses))


def save(folder: Path, model: Learner, tokenizer: Tokenizer, recipe: Recipe) -> None:
    """A new folder, whole or not there; the recipe is written complete."""
    with files.new_folder(folder) as draft:
        write(draft, model, tokenizer, recipe)


def write(
    folder: Path, model: Learner, tokenizer: Tokenizer, recipe: Recipe, *, precision: Precision = "float32"
) -> None:
    """The three files, into a folder that is there; in bfloat16 what was learned takes half the room."""
    files.write_text(folder / "recipe.yaml", recipes.dump(complete(recipe)))
    files.write_text(folder / "tokenizer.json", tokenizer.text)
    about = {"format": FORMAT, "tokenizer": tokenizer.digest}
    halved = weights.learned(model) if precision == "bfloat16" else ()
    weights.save_tensors(folder / "model.safetensors", weights.own_tensors(model), about, halved=halved)


def load(path: Path | str) -> Bundle:
    """The bundle of a bundle, run or checkpoint folder, or a shipped one by name.

    FabulaError names the file that is absent, cut or foreign.
    """
    folder = find(path)
    recipe = read_recipe(folder / "recipe.yaml")
    tokenizer = Tokenizer.load(folder / "tokenizer.json")
    tensors, about = weights.load_tensors(folder / "model.safetensors")
    _check(about, tokenizer, folder)
    with torch.random.fork_rng(devices=[]):  # the weights that a model is born with are overwritten
        model = build_learner(recipe, tokenizer.vocabulary)
    weights.fill(model, tensors, folder / "model.safetensors")
    return Bundle(model.eval(), tokenizer, recipe, folder)


def _check(about: dict[str, str], tokenizer: Tokenizer, folder: Path) -> None:
    if about.get("format") != FORMAT:
        found = repr(about["format"]) if "format" in about else "none"
        raise FabulaError(f"{folder / 'model.safetensors'}: bundle format {found}; this version reads {FORMAT!r}")
    if about.get("tokenizer") != tokenizer.digest:
        raise FabulaError(f"{folder / 'tokenizer.json'}: not the tokenizer that this model was trained with")


def find(path: Path | str) -> Path:
    """The folder with the three files: `path` itself, the bundle in a run folder, or what is shipped by that name."""
    path = shipped.folder_of(path)
    if not path.is_dir():
        absent = f"no such folder; name a run, a bundle or a checkpoint{shipped.hint(path)}"
        raise FabulaError(f"{path}: {'a file; name its folder' if path.exists() else absent}")
    for folder in (path, path / "bundle"):
        if all((folder / part).is_file() for part in PARTS):
            return folder
    raise FabulaError(f"{path}: {_why_not(path)}{shipped.hint(path)}")


def _why_not(path: Path) -> str:
    if (path / "checkpoints").is_dir() and not (path / "bundle").is_dir():
        return "this run has not ended; go on with `fabula train ... --resume`, or name one of its checkpoints"
    folder = path / "bundle" if (path / "bundle").is_dir() else path
    absent = [part for part in PARTS if not (folder / part).is_file()]
    return f"not a bundle, no {', '.join(absent)} in it"
