"""One folder a saved step: a bundle, and all that the run needs to go on as if it had never stopped.

step-000200/
  recipe.yaml tokenizer.json model.safetensors    the bundle
  train.safetensors                               what the optimiser and the losses remember
  state.json                                      step, plateau, best, scaler
"""

from __future__ import annotations

import shutil
from dataclasses import asdict
from pathlib import Path

import torch
from torch import Tensor

from fabula import bundle, files, weights
from fabula.errors import FabulaError
from fabula.recipe import Recipe
from fabula.tokenizer import Tokenizer
from fabula.train.schedule import Best, Plateau
from fabula.train.state import TrainState, fresh_state

FORMAT = 1
LEFT = (".*.part-*", ".*.old-*", ".*.gone")  # the names of what is not whole


def save(folder: Path, state: TrainState, tokenizer: Tokenizer, recipe: Recipe) -> Path:
    """Write the checkpoint of the state's step below `folder`, whole or not at all; gives its folder."""
    place = folder / name_of(state.step)
    with files.new_folder(place) as draft:
        bundle.write(draft, state.model, tokenizer, recipe)
        weights.save_tensors(draft / "train.safetensors", _remembered(state), {"format": str(FORMAT)})
        about = {"format": FORMAT, "step": state.step, "scaler": state.scaler}
        files.write_json(draft / "state.json", {**about, "plateau": asdict(state.plateau), "best": asdict(state.best)})
    return place


def restore(folder: Path, recipe: Recipe, tokenizer: Tokenizer) -> TrainState:
    """The state as it was saved, bit for bit. FabulaError where a file is absent, cut short or foreign."""
    about = files.read_json(folder / "state.json")
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise FabulaError(f"{folder / 'state.json'}: not a checkpoint of format {FORMAT}")
    state = fresh_state(recipe, tokenizer.vocabulary)
    weights.fill(state.model, weights.load_tensors(folder / "model.safetensors")[0], folder / "model.safetensors")
    _remind(state, weights.load_tensors(folder / "train.safetensors")[0], folder / "train.safetensors")
    state.step, state.scaler = about["step"], about["scaler"]
    state.plateau, state.best = Plateau(**about["plateau"]), Best(**about["best"])
    return state


def _remembered(state: TrainState) -> dict[str, Tensor]:
    """`optimizer/KEY/PARAMETER`, and the losses' own tensors as `objective/NAME`."""
    kept = {f"objective/{name}": tensor for name, tensor in weights.own_tensors(state.objective).items()}
    for name, parameter in state.learning():
        for key, value in state.optimizer.state.get(parameter, {}).items():
            kept[f"optimizer/{key}/{name}"] = torch.as_tensor(value)
    return kept


def _remind(state: TrainState, tensors: dict[str, Tensor], where: Path) -> None:
    own = {name.removeprefix("objective/"): t for name, t in tensors.items() if name.startswith("objective/")}
    weights.fill(state.objective, own, where)
    by_name = dict(state.learning())
    for path in tensors.keys() - {f"objective/{name}" for name in own}:
        _, key, name = path.split("/", 2)
        if name not in by_name:
            raise FabulaError(f"{where}: remembers {name!r}, which is not part of this model")
        state.optimizer.state[by_name[name]][key] = tensors[path]


def all_in(folder: Path) -> list[Path]:
    """The whole checkpoints below `folder`, oldest first."""
    found = [path for path in folder.glob("step-*") if path.name[5:].isdigit() and (path / "state.json").is_file()]
    return sorted(found, key=step_of)


def name_of(step: int) -> str:
    return f"step-{step:06d}"


def step_of(checkpoint: Path) -> int:
    return int(checkpoint.name.removeprefix("step-"))


def prune(folder: Path, keep: int, best_step: int) -> None:
    """Keep the newest `keep` and the best. What goes takes another name first, so that no half of it looks whole."""
    for old in all_in(folder)[:-keep]:
        if step_of(old) != best_step:
            old.rename(gone := old.with_name(f".{old.name}.gone"))
            shutil.rmtree(gone, ignore_errors=True)


def sweep(run: Path) -> None:
    """Take away what a killed run left of drafts and of checkpoints that were to go, anywhere in its folder."""
    for left in [path for mark in LEFT for path in run.rglob(mark)]:
        shutil.rmtree(left, ignore_errors=True)
        left.unlink(missing_ok=True)
