"""A recipe's stages, one training after the other: each but the last in DIR/stages/NAME, the last in DIR itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path

from fabula import bundle, checkpoint, files, handing, yamls
from fabula import recipe as recipes
from fabula.building import CATALOGUES, check_model
from fabula.errors import FabulaError
from fabula.journal.environment import read_environment
from fabula.journal.folder import RunFolder, check_free, locked
from fabula.journal.log import read_log
from fabula.journal.progress import say
from fabula.losses import LOSSES
from fabula.origins import bundle_of
from fabula.overlays import ROOM, Overlaid
from fabula.recipe import Recipe
from fabula.run import run
from fabula.stages import served
from fabula.train.device import open_accelerator

Stages = dict[str, Recipe]  # by name, in order


def read_stages(path: Path | str, overrides: tuple[str, ...] = (), at: Path = Path()) -> Stages:
    """The complete recipes of all stages as they are trained in the folder `at`; one without a name if there are none.

    A stage of single frames that gives no losses has those of the recipe that it can serve. What a stage takes over
    from an earlier one stands as `from` with a folder that is there once that one has ended.
    FabulaError holds the mistakes of all stages, each with the stage's name, its path, file and line.
    """
    overlaid = recipes.overlaid(path, overrides)
    problems: list[str] = []
    found = {name: _read(name, stage, problems) for name, stage in overlaid.items()}
    read = {name: recipe for name, recipe in found.items() if recipe is not None}
    takes = handing.taken(read, overlaid)
    problems += [said for name in read for said in _misfits(name, takes[name], read, overlaid[name])]
    if problems:
        raise FabulaError("\n".join(problems))
    return {name: handing.placed(recipe, takes[name], overlaid[name], at) for name, recipe in read.items()}


def run_stages(stages: Mapping[str, Recipe], path: Path, *, resume: bool = False, with_floors: bool = True) -> Path:
    """Train the stages of `read_stages(..., at=path)` in order; gives the folder of the last one's bundle.

    With `resume` finished stages are passed over, and the one that stopped goes on; those that have not begun may have
    changed. Floors are fitted for the last alone. Errors as `run.run`; whoever stops is told how to go on.
    """
    *earlier, last = stages
    if not earlier:
        return run(stages[last], path, resume=resume, with_floors=with_floors)
    folders = {name: RunFolder(path / ROOM / name) for name in earlier} | {last: RunFolder(path)}
    begun = {name: _as_begun(recipe, folders[name], path) for name, recipe in stages.items()}
    opened = [open_accelerator(recipe.train) for recipe in begun.values()]  # no later stage fails for want of a device
    first = opened[0].is_main_process
    if first:
        _check(path, begun, folders, resume=resume)
    with _claimed(path, stages) if first else nullcontext():
        for number, (name, folder) in enumerate(folders.items(), start=1):
            _tell(first, f"stage {number} of {len(folders)}: {name}")
            if name == last or not folder.bundle.is_dir():
                run(begun[name], folder.path, resume=True, with_floors=with_floors and name == last)
            _tell(first, f"stage {name} has ended: {_measured(folder, begun[name])}")
    return folders[last].bundle


def _read(name: str, stage: Overlaid, problems: list[str]) -> Recipe | None:
    """A stage by itself; a recipe without stages is checked by its run."""
    try:
        recipe = bundle.complete(recipes.typed(stage.tree, {**CATALOGUES, "losses": LOSSES}))
        if not name:
            return recipe
        recipe = recipe if recipe.stage == "story" else served(recipe, stage.losses)
        check_model(recipe)
        return recipe
    except FabulaError as error:
        problems += [_said(name, line, stage.tree) for line in str(error).split("\n")]
        return None


def _said(name: str, line: str, tree: yamls.Tree) -> str:
    """A mistake with its stage, and with file and line where it lacks them."""
    path, colon, said = line.partition(":")
    place = "" if " " in path else tree.place(path)
    return (f"stage {name}: " if name else "") + (f"{path} ({place}){colon}{said}" if place else line)


def _misfits(name: str, takes: handing.Taken, read: Stages, stage: Overlaid) -> Iterator[str]:
    for slot, before in takes.items():
        for path, said in handing.misfits(read[before], read[name], slot):
            line = f"{path}: {slot} is taken over from the stage {before}, but {said}"
            yield _said(name, f"{line}; make them equal, or say `from: null` for new weights", stage.tree)


def _as_begun(recipe: Recipe, folder: RunFolder, at: Path) -> Recipe:
    """As the folder has it, where only the run's place is another since."""
    saved = bundle.read_recipe(folder.recipe) if folder.recipe.is_file() else recipe
    return saved if handing.moved(saved, recipe, at) else recipe


@contextmanager
def _claimed(path: Path, stages: Mapping[str, Recipe]) -> Iterator[None]:
    """The run's folder, locked. It keeps the stages as one recipe, by which they go on; if none begins, nothing."""
    was_there, folder = path.exists(), RunFolder(path).stages
    try:
        with locked(folder):
            overlays = {name: handing.at_rest(recipe, path) for name, recipe in stages.items()}
            files.write_text(folder / "recipe.yaml", yamls.written({"name": "stages", ROOM: overlays}))
            try:
                yield
            finally:
                if not any((folder / name).is_dir() for name in stages):
                    (folder / "recipe.yaml").unlink()
    finally:
        if not was_there and path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def _check(path: Path, stages: Stages, folders: Mapping[str, RunFolder], *, resume: bool) -> None:
    """What would stop a later stage stops the first."""
    if not resume:
        check_free(RunFolder(path), next(iter(stages.values())), resume=False)
    _check_names(path, stages)
    for name, folder in folders.items():
        if folder.recipe.is_file():
            check_free(folder, stages[name], resume=True)
        if not checkpoint.all_in(folder.checkpoints):
            _check_origins(name, stages[name], path)


def _check_names(path: Path, stages: Stages) -> None:
    file = RunFolder(path).stages / "recipe.yaml"
    held = list(recipes.overlaid(file)) if file.is_file() else list(stages)
    if held != list(stages):
        said = f"this run has the stages {', '.join(held)}, the recipe {', '.join(stages)}"
        raise FabulaError(f"{path}: {said}; resume it with its own, or name another folder")


def _check_origins(name: str, recipe: Recipe, at: Path) -> None:
    """FabulaError where weights of another run are not there; those of earlier stages come in time."""
    for slot in handing.held(recipe):
        origin = getattr(recipe.model, slot).origin
        if origin and not handing.stage_of(origin, at):
            bundle_of(origin, f"stage {name}: model.{slot}.from")


def _tell(first: bool, sentence: str) -> None:
    if first:
        say(sentence)


def _measured(folder: RunFolder, recipe: Recipe) -> str:
    """`loss 0.1234 at step 600 of 800`."""
    ended, rows = read_environment(folder.environment), read_log(folder.log)
    best, steps = ended.get("best_step"), ended.get("steps")
    found = [row["measures"] for row in rows if row["event"] == "validation" and row["step"] == best]
    if not found:
        return f"{steps} steps, nothing to validate on"
    return f"{recipe.train.best} {found[-1][recipe.train.best]:.4g} at step {best} of {steps}"
