"""The first weights of components that another run has trained."""

from __future__ import annotations

from torch import nn

from fabula import recipe as recipes
from fabula import weights, yamls
from fabula.building import slots_of
from fabula.errors import FabulaError
from fabula.origins import bundle_of
from fabula.tokenizer import Tokenizer

READERS = ("text_encoder", "caption_decoder", "note_encoder")  # their words are those of a tokenizer


def take_over(model: nn.Module, recipe: recipes.Recipe, tokenizer: Tokenizer) -> list[str]:
    """Fill every component whose recipe says `from`; gives a sentence for each.

    FabulaError where the other run is not there, has another width, or has other words.
    """
    slots = {slot: spec for slot in slots_of(recipe.stage) if (spec := getattr(recipe.model, slot)) and spec.origin}
    slots = {slot: spec for slot, spec in slots.items() if getattr(model, slot).state_dict()}  # others have no weights
    return [_take(model, slot, spec.origin, recipe, tokenizer) for slot, spec in slots.items()]


def check_origins(recipe: recipes.Recipe) -> None:
    """FabulaError where a run that a component is to be taken from is not there."""
    for slot in slots_of(recipe.stage):
        if (spec := getattr(recipe.model, slot)) and spec.origin:
            bundle_of(spec.origin, f"model.{slot}.from")


def _take(model: nn.Module, slot: str, origin: str, recipe: recipes.Recipe, tokenizer: Tokenizer) -> str:
    where = f"model.{slot}.from"
    folder = bundle_of(origin, where)
    tensors, about = weights.load_tensors(folder / "model.safetensors")
    width = yamls.read_tree(folder / "recipe.yaml").values.get("model", {}).get("dim")
    if width != recipe.model.dim:
        raise FabulaError(
            f"{where}: {origin} has model.dim {width}, and this recipe {recipe.model.dim}; make them equal"
        )
    if slot in READERS and about.get("tokenizer") != tokenizer.digest:
        raise FabulaError(f"{where}: {origin} was trained with other words; set data.tokenizer={folder}/tokenizer.json")
    own = {name.removeprefix(f"{slot}."): part for name, part in tensors.items() if name.startswith(f"{slot}.")}
    if not own:
        raise FabulaError(f"{where}: {origin} has trained no {slot}; name a run that has")
    weights.fill(getattr(model, slot), own, folder / "model.safetensors")
    kept = "frozen" if getattr(recipe.model, slot).frozen else "learning on"
    return f"{slot} from {origin}, {kept}"
