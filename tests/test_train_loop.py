"""The loop: order and randomness follow from (seed, step); many small batches are one large one."""

import dataclasses
import os
from pathlib import Path

import pytest
import torch
from accelerate import debug_launcher
from smallest import smallest

from fabula.data.batches import Batches
from fabula.data.corpus import Corpus, open_corpus
from fabula.errors import FabulaError
from fabula.recipe import Recipe
from fabula.train.device import free_threads, open_accelerator
from fabula.train.loop import seed_of, train
from fabula.train.precision import full_precision
from fabula.train.state import TrainState, count_steps, fresh_state
from fabula.train.validation import spread, validate
from fabula.types import Compared, Frames, Memory, StoryOutput, Tokens
from fabula.weights import fill, load_tensors, own_tensors, save_tensors

PICTURE = (
    "losses.caption=null",
    "losses.context=null",
    "model.caption_decoder=null",
    "data.augment.flip=false",
    "data.augment.jitter=0",
)


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return open_corpus(smallest().data)


def batches(corpus: Corpus, recipe: Recipe, split: str = "train", size: int | None = None) -> Batches:
    part = corpus.splits[split]
    size = size or recipe.train.batch_size
    return Batches(part.store, part.windows, corpus.tokenizer, recipe.data, size, recipe.seed)


def trained(corpus: Corpus, recipe: Recipe, steps: int, state: TrainState | None = None) -> TrainState:
    state = state or fresh_state(recipe, corpus.tokenizer.vocabulary)
    for _ in train(state, batches(corpus, recipe).at, recipe, steps, open_accelerator(recipe.train)):
        pass
    return state


def weights(state: TrainState) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in state.model.state_dict().items()}


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_what_a_run_becomes_follows_from_recipe_and_seed_alone(corpus: Corpus):
    recipe = smallest()
    one = weights(trained(corpus, recipe, 3))
    torch.rand(7)  # whoever else throws dice
    assert same(one, weights(trained(corpus, recipe, 3)))
    assert not same(one, weights(trained(corpus, dataclasses.replace(recipe, seed=1), 3)))


def test_steps_taken_in_two_parts_are_the_steps_taken_in_one(corpus: Corpus):
    recipe = smallest("train.accumulate=2")
    state = trained(corpus, recipe, 2)
    validate(state, batches(corpus, recipe, "validation").in_order(), open_accelerator(recipe.train))
    assert same(weights(trained(corpus, recipe, 4, state)), weights(trained(corpus, recipe, 4)))


def test_a_report_says_what_the_step_was(corpus: Corpus):
    recipe = smallest("train.accumulate=3")
    state = fresh_state(recipe, corpus.tokenizer.vocabulary)
    accelerator = open_accelerator(recipe.train)
    reports = list(train(state, batches(corpus, recipe).at, recipe, 3, accelerator))
    assert [report.step for report in reports] == [1, 2, 3]
    assert [sorted(report.parts) for report in reports] == [["caption", "picture"]] * 2 + [
        ["caption", "context", "picture"]
    ]
    assert all(report.windows == 12 and 0 <= report.waited < report.seconds for report in reports)
    plain = recipe.losses["picture"].weight * reports[2].parts["picture"] + reports[2].parts["caption"]
    assert reports[2].loss == pytest.approx(plain + 0.2 * reports[2].parts["context"], rel=1e-5)


def painted(corpus: Corpus, recipe: Recipe, state: TrainState) -> torch.Tensor:
    """What the model paints; weights whose gradient is noise, as a bias before a norm, do not count."""
    with torch.no_grad():
        return state.model.eval()(batches(corpus, recipe, size=8).gather(list(range(8)))).image.predicted


def test_accumulated_batches_are_one_large_batch(corpus: Corpus):
    recipe, born = smallest(*PICTURE), fresh_state(smallest(*PICTURE), corpus.tokenizer.vocabulary)
    many = trained(corpus, smallest(*PICTURE, "train.accumulate=2", "train.batch_size=3"), 3)
    one = trained(corpus, smallest(*PICTURE, "train.batch_size=6"), 3)
    before, large, small = (painted(corpus, recipe, state) for state in (born, one, many))
    assert (large - small).abs().max() < 1e-3 * (large - before).abs().max()


def _in_two_processes(path: Path) -> None:
    torch.set_num_threads(1)
    recipe = smallest(*PICTURE, "train.batch_size=3")
    corpus = open_corpus(recipe.data)
    state = trained(corpus, recipe, 3)
    assert torch.distributed.get_world_size() == 2
    save_tensors(path / str(torch.distributed.get_rank()), own_tensors(state.model), {})


def test_two_processes_are_one_with_batches_twice_as_large(corpus: Corpus, tmp_path: Path):
    debug_launcher(_in_two_processes, (tmp_path,), num_processes=2)
    recipe, (first, second) = smallest(*PICTURE), (load_tensors(tmp_path / rank)[0] for rank in "01")
    assert same(first, second)
    born, together = (fresh_state(recipe, corpus.tokenizer.vocabulary) for _ in range(2))
    fill(together.model, first, tmp_path)
    one = trained(corpus, smallest(*PICTURE, "train.batch_size=6"), 3)
    before, large, small = (painted(corpus, recipe, state) for state in (born, one, together))
    assert (large - small).abs().max() < 1e-3 * (large - before).abs().max()


def test_one_batch_is_learned_by_heart(corpus: Corpus):
    recipe = smallest("model.dim=32", "train.learning_rate=1e-2", "train.schedule={kind: constant}", "train.steps=80")
    recipe = dataclasses.replace(
        recipe, model=smallest("model.dim=32", "model.caption_decoder={dropout: 0, word_dropout: 0}").model
    )
    state, one = fresh_state(recipe, corpus.tokenizer.vocabulary), batches(corpus, recipe, size=2).gather([0, 5])
    losses = [r.parts["caption"] for r in train(state, lambda _: one, recipe, 80, open_accelerator(recipe.train))]
    assert losses[-1] < 0.2 * losses[0]


def test_validation_is_the_mean_over_windows_and_changes_nothing(corpus: Corpus):
    recipe = smallest()
    state, accelerator = trained(corpus, recipe, 2), open_accelerator(recipe.train)
    before = weights(state)
    measures = [
        validate(state, batches(corpus, recipe, "validation", size).in_order(), accelerator) for size in (1, 3, 7)
    ]
    assert same(before, weights(state))
    assert set(measures[0]) == {"loss", "picture", "caption", "context", "perplexity", "similarity"}
    for other in measures[1:]:
        assert other["picture"] == pytest.approx(measures[0]["picture"], rel=1e-4)
        assert other["perplexity"] == pytest.approx(measures[0]["perplexity"], rel=1e-4)
        assert other["similarity"] == pytest.approx(measures[0]["similarity"], abs=1e-4)


def test_a_model_that_only_writes_is_validated(corpus: Corpus):
    recipe = smallest("model.image_decoder=null", "losses.picture=null", "losses.context=null")
    state, accelerator = trained(corpus, recipe, 1), open_accelerator(recipe.train)
    measures = validate(state, batches(corpus, recipe, "validation").in_order(), accelerator)
    assert set(measures) == {"loss", "caption", "perplexity", "similarity"}
    assert measures["loss"] == pytest.approx(measures["caption"])


@pytest.mark.parametrize("poison", [float("nan"), float("inf")])
def test_what_is_no_number_stops_before_the_weights_change(corpus: Corpus, poison: float):
    recipe = smallest()
    state = trained(corpus, recipe, 2)
    parameter = next(state.model.image_decoder.parameters())
    parameter.data.view(-1)[0] = poison
    before = weights(state)
    with pytest.raises(FabulaError, match=r"stopped at step 3: not a finite number \(.*picture (nan|inf)"):
        trained(corpus, recipe, 5, state)
    assert state.step == 2
    assert all(
        torch.equal(tensor, before[name]) or name == ""
        for name, tensor in weights(state).items()
        if tensor.isfinite().all()
    )


def test_bfloat16_learns_and_sums_in_full_precision(corpus: Corpus):
    recipe = smallest("train.precision=bfloat16")
    state = trained(corpus, recipe, 3)
    assert all(tensor.dtype == torch.float32 for tensor in weights(state).values() if tensor.is_floating_point())
    assert not same(weights(state), weights(trained(corpus, smallest(), 3)))


def test_full_precision_reaches_every_tensor():
    half, ids = torch.ones(2, dtype=torch.bfloat16), torch.ones(2, dtype=torch.int64)
    frames = Frames(half, ids, ids.bool())
    output = full_precision(
        StoryOutput(Compared(half, half, {"a": half}), None, Memory(Tokens(half, ids.bool()), frames))
    )
    assert isinstance(output.memory.state, Tokens)
    found = (output.image.predicted, output.image.beside["a"], output.memory.state.values, output.memory.context.images)
    assert {tensor.dtype for tensor in found} == {torch.float32}
    assert output.memory.context.captions.dtype == torch.int64


def test_float16_and_absent_devices_are_refused():
    plan = smallest("train.device=auto").train
    if not torch.cuda.is_available():
        with pytest.raises(FabulaError, match="float16 is for CUDA alone"):
            open_accelerator(dataclasses.replace(plan, precision="float16"))
        with pytest.raises(FabulaError, match="this machine has no cuda; take cpu"):
            open_accelerator(dataclasses.replace(plan, device="cuda"))


def test_threads_follow_from_the_machine_and_not_from_its_load(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("OMP_NUM_THREADS")
    assert 1 <= free_threads() <= len(os.sched_getaffinity(0))
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert free_threads() == 3


def test_steps_epochs_and_seeds():
    plan = smallest("train.steps=null", "train.epochs=1.5", "train.accumulate=2").train
    assert count_steps(plan, windows=21) == 4  # 31.5 windows, 8 a step
    assert count_steps(plan, windows=21, processes=2) == 2
    assert count_steps(smallest().train, windows=1) == 8
    assert len({seed_of(seed, number) for seed in range(3) for number in range(500)}) == 1500


def test_spread_is_even_and_whole():
    assert spread(5, 9).tolist() == [0, 1, 2, 3, 4]
    assert spread(101, 3).tolist() == [0, 50, 100]
    assert len(set(spread(1000, 512).tolist())) == 512
