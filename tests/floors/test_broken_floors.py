"""Floors and weights whose files are whole and yet wrong: one line that names the file, before anything is told."""

import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from smallest import smallest
from torch import nn

from fabula import bundle, weights
from fabula.cli import main
from fabula.data.corpus import open_corpus
from fabula.errors import FabulaError
from fabula.floors import Floors, fit


@pytest.fixture(scope="module")
def opened():
    recipe = bundle.complete(smallest())
    corpus = open_corpus(recipe.data)
    return recipe, corpus.tokenizer, fit(corpus, recipe)


@pytest.fixture(scope="module")
def whole(tmp_path_factory, opened) -> Path:
    folder = tmp_path_factory.mktemp("floors") / "floors"
    opened[2].save(folder)
    return folder


def spoilt(tensors, kind: str):
    name = next(name for name, tensor in tensors.items() if tensor.is_floating_point() or kind == "shape")
    change = {
        "nan": lambda tensor: torch.full_like(tensor, float("nan")),
        "endless": lambda tensor: torch.full_like(tensor, float("inf")),
        "kind": lambda tensor: tensor.int(),
        "shape": lambda tensor: torch.zeros(3, 1, 2),
    }
    return {**tensors, name: change[kind](tensors[name])}


@pytest.mark.parametrize(
    ("file", "kinds"),
    [
        ("pictures.safetensors", ["shape"]),
        ("ngram.safetensors", ["nan", "endless", "kind"]),
        ("language.safetensors", ["nan", "endless", "kind", "shape"]),
    ],
)
def test_floors_that_are_wrong(whole, opened, tmp_path, file, kinds):
    recipe, tokenizer, _ = opened
    assert Floors.load(whole, recipe, tokenizer).caption
    for kind in kinds:
        folder = Path(shutil.copytree(whole, tmp_path / kind))
        save_file(spoilt(load_file(folder / file), kind), folder / file)
        with pytest.raises(FabulaError, match=str(folder)) as refused:
            Floors.load(folder, recipe, tokenizer)
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize("kind", ["nan", "endless", "kind"])
def test_weights_that_are_no_numbers_fill_no_model(tmp_path, kind):
    model = nn.Linear(2, 3)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    weights.fill(model, before, tmp_path / "model.safetensors")
    with pytest.raises(FabulaError, match=r"holds what is no number|is of torch\.int32 and not of torch\.float32"):
        weights.fill(model, spoilt(before, kind), tmp_path / "model.safetensors")


def test_a_run_whose_bundle_lacks_a_file_is_not_told_to_resume(tmp_path, capsys):
    (tmp_path / "run" / "checkpoints").mkdir(parents=True)
    assert main(["evaluate", str(tmp_path / "run"), "--out", str(tmp_path / "out")]) == 2
    assert "--resume" in capsys.readouterr().err
    (tmp_path / "run" / "bundle").mkdir()
    assert main(["evaluate", str(tmp_path / "run"), "--out", str(tmp_path / "out")]) == 2
    assert "not a bundle, no recipe.yaml, tokenizer.json, model.safetensors" in capsys.readouterr().err
