"""A model at rest is the model: same weights, same words; and what is no bundle is said in one line."""

import json
import struct
from pathlib import Path

import pytest
import torch
from smallest import smallest

from fabula import bundle, weights
from fabula import recipe as recipes
from fabula.data.corpus import Corpus, open_corpus
from fabula.errors import FabulaError
from fabula.train.state import fresh_state


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return open_corpus(smallest().data)


@pytest.fixture
def kept(corpus: Corpus, tmp_path: Path) -> Path:
    recipe = smallest()
    bundle.save(tmp_path / "kept", fresh_state(recipe, corpus.tokenizer.vocabulary).model, corpus.tokenizer, recipe)
    return tmp_path / "kept"


def test_what_is_loaded_is_what_was_saved(corpus: Corpus, kept: Path, tmp_path: Path):
    recipe = smallest()
    model = fresh_state(recipe, corpus.tokenizer.vocabulary).model
    dice = torch.random.get_rng_state()
    found = bundle.load(kept)
    assert torch.equal(torch.random.get_rng_state(), dice)
    assert not found.model.training
    assert (found.recipe, found.tokenizer.text, found.folder) == (recipe, corpus.tokenizer.text, kept)
    there = found.model.state_dict()
    assert all(torch.equal(tensor, there[name]) for name, tensor in model.state_dict().items())
    bundle.save(tmp_path / "again", found.model, found.tokenizer, found.recipe)
    for part in bundle.PARTS:
        assert (tmp_path / "again" / part).read_bytes() == (kept / part).read_bytes()


def test_a_bundle_holds_three_files_and_no_default_is_left_out(kept: Path):
    assert sorted(path.name for path in kept.iterdir()) == sorted(bundle.PARTS)
    assert recipes.load(kept / "recipe.yaml").model.temporal.options["layers"] == 1


def test_tied_weights_are_kept_once_and_stay_tied(tmp_path: Path):
    class Tied(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = torch.nn.Embedding(5, 3)
            self.out = torch.nn.Linear(3, 5, bias=False)
            self.out.weight = self.embed.weight

    one, other = Tied(), Tied()
    weights.save_tensors(tmp_path / "tied.safetensors", weights.own_tensors(one), {"a": "b"})
    tensors, about = weights.load_tensors(tmp_path / "tied.safetensors")
    weights.fill(other, tensors, tmp_path)
    assert (list(tensors), about) == (["embed.weight"], {"a": "b"})
    assert torch.equal(other.out.weight, one.embed.weight)
    assert other.out.weight is other.embed.weight


def test_run_bundle_and_checkpoint_folders_are_found(kept: Path, tmp_path: Path):
    (tmp_path / "run").mkdir()
    kept.rename(tmp_path / "run" / "bundle")
    assert bundle.find(tmp_path / "run") == bundle.find(tmp_path / "run" / "bundle") == tmp_path / "run" / "bundle"


def damage(folder: Path, what: str) -> None:
    path = folder / "model.safetensors"
    data = path.read_bytes()
    if what == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif what == "empty":
        path.write_bytes(b"")
    elif what == "pickle":
        path.write_bytes(b"\x80\x04\x95" + data)
    elif what == "header":
        path.write_bytes(struct.pack("<Q", 1 << 60) + data[8:])
    elif what == "foreign":
        weights.save_tensors(path, {"a": torch.zeros(2)}, {})
    elif what == "other":
        weights.save_tensors(path, {"a": torch.zeros(2)}, weights.load_tensors(path)[1])
    elif what == "tokenizer":
        text = json.loads((folder / "tokenizer.json").read_text())
        text["model"]["merges"] = text["model"]["merges"][:-1]
        (folder / "tokenizer.json").write_text(json.dumps(text))
    elif what == "wider":
        text = (folder / "recipe.yaml").read_text().replace("dim: 8\n", "dim: 16\n")
        (folder / "recipe.yaml").write_text(text)
    elif what == "recipe":
        (folder / "recipe.yaml").write_text("name: [")
    elif what == "gone":
        (folder / "tokenizer.json").unlink()


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("cut", "model.safetensors: not a whole safetensors file"),
        ("empty", "model.safetensors: not a whole safetensors file"),
        ("pickle", "model.safetensors: not a whole safetensors file"),
        ("header", "model.safetensors: not a whole safetensors file"),
        ("foreign", "bundle format none; this version reads 'fabula-bundle-1'"),
        ("other", "these weights are of another model: "),
        ("wider", "these weights are of another model: "),
        ("tokenizer", "tokenizer.json: not the tokenizer that this model was trained with"),
        ("recipe", "recipe.yaml:1: not YAML"),
        ("gone", "not a bundle, no tokenizer.json in it"),
    ],
)
def test_what_is_damaged_is_named_in_one_line(kept: Path, what: str, words: str):
    damage(kept, what)
    with pytest.raises(FabulaError) as error:
        bundle.load(kept)
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_what_is_no_folder_of_a_model_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("x")
    (tmp_path / "run" / "checkpoints").mkdir(parents=True)
    (tmp_path / "empty").mkdir()
    for name, words in [
        ("absent", "no such folder"),
        ("file", "a file; name its folder"),
        ("run", "this run has not ended"),
        ("empty", "not a bundle, no recipe.yaml, tokenizer.json, model.safetensors in it"),
    ]:
        with pytest.raises(FabulaError, match=f"{name}: {words}"):
            bundle.load(tmp_path / name)
