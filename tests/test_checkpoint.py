"""A checkpoint is all that a run needs: what is restored goes on as what was saved."""

import json
from pathlib import Path

import pytest
import torch
from smallest import smallest

from fabula import bundle, checkpoint
from fabula.data.batches import Batches
from fabula.data.corpus import Corpus, open_corpus
from fabula.errors import FabulaError
from fabula.recipe import Recipe
from fabula.train.device import open_accelerator
from fabula.train.loop import train
from fabula.train.schedule import Best, Plateau
from fabula.train.state import TrainState, fresh_state


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return open_corpus(smallest().data)


def go(corpus: Corpus, recipe: Recipe, state: TrainState, steps: int) -> TrainState:
    split = corpus.splits["train"]
    batches = Batches(split.store, split.windows, corpus.tokenizer, recipe.data, recipe.train.batch_size, recipe.seed)
    for _ in train(state, batches.at, recipe, steps, open_accelerator(recipe.train)):
        pass
    return state


@pytest.mark.parametrize("override", ["train.optimizer=adamw", "train.optimizer=adam", "train.precision=bfloat16"])
def test_what_is_restored_goes_on_as_what_was_saved(corpus: Corpus, tmp_path: Path, override: str):
    recipe = smallest(override)
    state = go(corpus, recipe, fresh_state(recipe, corpus.tokenizer.vocabulary), 2)
    state.plateau, state.best = Plateau(0.1, 3, 0.3), Best(1 / 3, 2, 1)
    place = checkpoint.save(tmp_path, state, corpus.tokenizer, recipe)
    again = checkpoint.restore(place, recipe, corpus.tokenizer)
    assert (again.step, again.plateau, again.best) == (2, state.plateau, state.best)
    one, other = (go(corpus, recipe, each, 5) for each in (state, again))
    for (name, mine), (_, theirs) in zip(one.learning(), other.learning(), strict=True):
        assert torch.equal(mine, theirs), name
        for key, value in one.optimizer.state[mine].items():
            assert torch.equal(value, other.optimizer.state[theirs][key]), (name, key)


def test_a_checkpoint_is_a_bundle_and_two_of_a_state_are_the_same_bytes(corpus: Corpus, tmp_path: Path):
    recipe = smallest()
    state = go(corpus, recipe, fresh_state(recipe, corpus.tokenizer.vocabulary), 1)
    one, other = (checkpoint.save(tmp_path / name, state, corpus.tokenizer, recipe) for name in "ab")
    assert bundle.load(one).recipe == recipe
    assert {p.name: p.read_bytes() for p in one.iterdir()} == {p.name: p.read_bytes() for p in other.iterdir()}


def test_only_whole_checkpoints_count_and_sweeping_leaves_nothing_else(tmp_path: Path):
    for name in ("step-000009", "step-000010", "step-1000000", ".step-000011.part-7", ".step-000008.gone", "step-x"):
        (tmp_path / "checkpoints" / name).mkdir(parents=True)
        (tmp_path / "checkpoints" / name / "state.json").write_text("{}")
    (tmp_path / "checkpoints" / "step-000012").mkdir()
    (tmp_path / ".log.jsonl.part-7").write_text("x")
    found = checkpoint.all_in(tmp_path / "checkpoints")
    assert [path.name for path in found] == ["step-000009", "step-000010", "step-1000000"]
    checkpoint.sweep(tmp_path)
    assert not list(tmp_path.rglob(".*"))
    assert checkpoint.all_in(tmp_path / "checkpoints") == found


@pytest.mark.parametrize(("best", "left"), [(2, [2, 4, 5]), (5, [4, 5]), (0, [4, 5])])
def test_pruning_keeps_the_newest_and_the_best(tmp_path: Path, best: int, left: list[int]):
    for step in range(1, 6):
        (tmp_path / checkpoint.name_of(step)).mkdir()
        (tmp_path / checkpoint.name_of(step) / "state.json").write_text("{}")
    checkpoint.prune(tmp_path, 2, best)
    assert [checkpoint.step_of(path) for path in checkpoint.all_in(tmp_path)] == left
    assert len(list(tmp_path.iterdir())) == len(left)


def test_a_damaged_checkpoint_is_named_in_one_line(corpus: Corpus, tmp_path: Path):
    recipe = smallest()
    state = go(corpus, recipe, fresh_state(recipe, corpus.tokenizer.vocabulary), 1)
    place = checkpoint.save(tmp_path, state, corpus.tokenizer, recipe)
    whole = (place / "train.safetensors").read_bytes()
    (place / "train.safetensors").write_bytes(whole[:-9])
    with pytest.raises(FabulaError, match=r"train\.safetensors: not a whole safetensors file"):
        checkpoint.restore(place, recipe, corpus.tokenizer)
    (place / "train.safetensors").write_bytes(whole)
    with pytest.raises(FabulaError, match="these weights are of another model"):
        checkpoint.restore(place, smallest("model.dim=16"), corpus.tokenizer)
    (place / "state.json").write_text(json.dumps({"format": 9}))
    with pytest.raises(FabulaError, match="not a checkpoint of format 1"):
        checkpoint.restore(place, recipe, corpus.tokenizer)
    (place / "state.json").write_text("{")
    with pytest.raises(FabulaError, match=r"state\.json:1: not JSON"):
        checkpoint.restore(place, recipe, corpus.tokenizer)
