"""A whole training run on one page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from accelerate import Accelerator

from fabula import bundle, checkpoint, files, floors
from fabula import recipe as recipes
from fabula.building import check_model
from fabula.data.batches import Batches
from fabula.data.corpus import Corpus, open_corpus
from fabula.data.texts import learns_texts
from fabula.errors import FabulaError
from fabula.floors.progress import bars
from fabula.journal.data import write_data
from fabula.journal.environment import check_data, note_end, read_environment, write_environment
from fabula.journal.folder import RunFolder, advised, claimed
from fabula.journal.journal import Journal, Silence
from fabula.journal.log import read_log
from fabula.journal.progress import say
from fabula.journal.samples import samples
from fabula.journal.stopping import Asked, Stopped, agreed, stopping
from fabula.recipe import Recipe
from fabula.retelling import teller_of
from fabula.train.device import free_threads, open_accelerator
from fabula.train.loop import StepReport, train
from fabula.train.preparing import prepare
from fabula.train.state import TrainState, count_steps, fresh_state
from fabula.train.takeover import check_origins, take_over
from fabula.train.validation import spread, validate
from fabula.types import StoryBatch

SHOWN = {"story": 4, "picture": 12, "text": 12, "codec": 12}  # windows of a sample storyboard


@dataclass(frozen=True)
class Given:
    """All that a run is made of and that stays as it is."""

    recipe: Recipe
    folder: RunFolder
    corpus: Corpus
    accelerator: Accelerator
    learned: Batches  # of train
    held: Batches | None  # of validation, where there is one
    steps: int

    @property
    def first(self) -> bool:
        """Whether this process is the one that writes."""
        return self.accelerator.is_main_process


def run(recipe: Recipe, path: Path, *, resume: bool = False, with_floors: bool = True) -> Path:
    """Train what a complete recipe (`bundle.read_recipe`) says, in the folder `path`; gives the folder of the bundle.

    Without floors the bundle is the model alone; who evaluates it beside floors fits them then.
    FabulaError for all that a person or the disk did wrong; what stands in the folder stays whole. Stopped when
    someone asked the run to stop: it has saved itself and says how to go on.
    """
    check_model(recipe)
    if not checkpoint.all_in(RunFolder(path).checkpoints):  # a run that goes on has all its weights
        check_origins(recipe)
    accelerator = open_accelerator(recipe.train)
    with claimed(path, recipe, resume=resume, writes=accelerator.is_main_process) as folder:
        given = _prepare(recipe, folder, accelerator)
        with stopping() as asked, advised(folder, checkpoint.all_in):
            state = _start(given)
            _go(given, state, asked)
        return _finish(given, state, with_floors=with_floors)


def _prepare(recipe: Recipe, folder: RunFolder, accelerator: Accelerator) -> Given:
    """Threads as in the first session; the data, decoded by the first process and then read by the others."""
    torch.set_num_threads(recipe.train.threads or read_environment(folder.environment).get("threads") or free_threads())
    with accelerator.main_process_first():
        corpus = open_corpus(recipe.data)
    if "train" not in corpus.splits:
        raise FabulaError(f"{recipe.data.source}: no split 'train' to learn from; it has {', '.join(corpus.splits)}")
    check_data(folder.environment, _data(corpus))
    learned, held = _batches(corpus, "train", recipe), _batches(corpus, "validation", recipe)
    assert learned is not None
    steps = count_steps(recipe.train, len(learned.windows), accelerator.num_processes)
    return Given(recipe, folder, corpus, accelerator, learned, held, steps)


def _batches(corpus: Corpus, name: str, recipe: Recipe) -> Batches | None:
    split = corpus.splits.get(name)
    if split is None or not len(split.windows):
        return None
    store = corpus.learned(recipe) if name == "train" else split.store
    windows = store.windows(recipe.data.context)
    return Batches(store, windows, corpus.tokenizer, recipe.data, recipe.train.batch_size, recipe.seed)


def _data(corpus: Corpus) -> dict[str, str]:
    texts = {"texts": corpus.texts.key} if corpus.texts else {}
    return {name: store.key for name, store in corpus.stores.items()} | texts


def _start(given: Given) -> TrainState:
    """The newest checkpoint, or a fresh model; the folder then knows its recipe and its environment."""
    recipe, folder, tokenizer = given.recipe, given.folder, given.corpus.tokenizer
    if given.first:
        files.write_text(folder.recipe, recipes.dump(recipe))
        write_environment(folder.environment, given.accelerator, _data(given.corpus))
        write_data(folder.data, given.corpus)
        checkpoint.sweep(folder.path)
    given.accelerator.wait_for_everyone()
    saved = checkpoint.all_in(folder.checkpoints)
    state = checkpoint.restore(saved[-1], recipe, tokenizer) if saved else fresh_state(recipe, tokenizer.vocabulary)
    taken = [] if saved else take_over(state.model, recipe, tokenizer)
    if not saved:
        prepare(state.model, given.corpus)
    if given.first:
        for sentence in (*_introduction(given, state), *taken):
            say(sentence)
    with given.accelerator.main_process_first():
        learned = given.corpus.splits["train"].store
        state.objective.prepare(learned.pictures, learned.key)
    return state


def _introduction(given: Given, state: TrainState) -> Iterator[str]:
    yield from given.corpus.notes()
    if given.corpus.texts and not learns_texts(given.recipe):
        yield "no windows of these are learned where there is painting; train the writer in a stage of its own"
    weights = sum(parameter.numel() for _, parameter in state.learning())
    device = f"{given.accelerator.device.type} ({torch.get_num_threads()} threads)"
    held = len(given.held.windows) if given.held else 0
    yield f"{given.recipe.name}: {weights:,} weights on {device}, {given.recipe.train.precision}"
    yield f"{len(given.learned.windows):,} windows to learn from, {held:,} to validate on, {given.steps:,} steps"
    if state.step:
        yield f"going on from step {state.step:,}"


def _go(given: Given, state: TrainState, asked: Asked) -> None:
    """Take the steps that are left; between them log, validate, draw, save, and stop when it is time."""
    if _over(given, state):
        return
    plan = given.recipe.train
    with _journal(given, state) as journal:
        for report in train(state, given.learned.at, given.recipe, given.steps, given.accelerator):
            last = report.step == given.steps
            journal.step(report)
            if last or report.step % plan.validate_every == 0:
                _validate(given, state, journal, report)
            if last or report.step % plan.sample_every == 0:
                _sample(given, state, journal, report)
            over, stop = _over(given, state), agreed(asked, given.accelerator)
            if over or stop or report.step % plan.save_every == 0 or state.best.step == report.step:
                _save(given, state)
            if over:
                return
            if stop:
                raise Stopped(f"stopped at step {state.step} of {given.steps}; go on with: {given.folder.go_on}")


def _over(given: Given, state: TrainState) -> bool:
    patience = given.recipe.train.patience
    return state.step >= given.steps or (patience is not None and state.best.waited >= patience)


def _journal(given: Given, state: TrainState) -> Journal | Silence:
    if not given.first:
        return Silence()
    return Journal(given.folder, given.recipe.name, state.step, given.steps, len(given.learned.windows))


def _validate(given: Given, state: TrainState, journal: Journal | Silence, report: StepReport) -> None:
    """Every process validates on the same windows and so knows the same best."""
    if given.held is None:
        return
    measures = validate(state, _held_out(given.held, given.recipe.train.validate_windows), given.accelerator)
    state.plateau = state.plateau.after(measures["loss"], given.recipe.train.schedule)
    best = given.recipe.train.best
    state.best = state.best.after(measures[best], state.step, more_is_better=best == "similarity")
    journal.validated(report, measures)


def _held_out(held: Batches, wanted: int) -> Iterator[StoryBatch]:
    positions = spread(len(held.windows), wanted)
    return (held.gather(positions[i : i + held.batch_size]) for i in range(0, len(positions), held.batch_size))


def _sample(given: Given, state: TrainState, journal: Journal | Silence, report: StepReport) -> None:
    if not given.first:
        return
    split = given.corpus.splits.get("validation") or given.corpus.splits["train"]
    teller = teller_of(state.model, given.corpus.tokenizer, given.recipe, given.accelerator.device)
    windows = [split.windows[i] for i in spread(len(split.windows), SHOWN[given.recipe.stage])]
    journal.sample(report, *samples(teller, split, windows))


def _save(given: Given, state: TrainState) -> None:
    if given.first:
        checkpoint.save(given.folder.checkpoints, state, given.corpus.tokenizer, given.recipe)
        checkpoint.prune(given.folder.checkpoints, given.recipe.train.keep, state.best.step)
    given.accelerator.wait_for_everyone()


def _finish(given: Given, state: TrainState, *, with_floors: bool) -> Path:
    """The bundle, from the best checkpoint (the newest where nothing was validated), with its floors beside."""
    folder = given.folder
    if given.first and not (folder.bundle / "floors" if with_floors else folder.bundle).is_dir():
        best = folder.checkpoints / checkpoint.name_of(state.best.step or state.step)
        with files.new_folder(folder.bundle) as draft:
            for part in bundle.PARTS:
                shutil.copyfile(best / part, draft / part)
        if with_floors:
            _fit_floors(given)
        seconds = read_log(folder.log)[-1]["seconds"]
        weights = sum(parameter.numel() for parameter in state.model.parameters())
        ended = {"steps": state.step, "best_step": state.best.step or state.step, "seconds": seconds}
        note_end(folder.environment, **ended, weights=weights)
    given.accelerator.wait_for_everyone()
    return folder.bundle


def _fit_floors(given: Given) -> None:
    try:
        floors.fit(given.corpus, given.recipe, bars).save(given.folder.bundle / "floors")
    except KeyboardInterrupt as error:
        raise Stopped(f"the model is trained, the floors are not; go on with: {given.folder.go_on}") from error
