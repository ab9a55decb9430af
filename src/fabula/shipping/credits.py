"""Whose stories were learned from: a line for each, with its licence and its authors, as the data gives them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path

from fabula import bundle
from fabula import recipe as recipes
from fabula.bundle import Bundle
from fabula.data.columns import NONE
from fabula.data.open import of_source, open_source
from fabula.data.source import ALL
from fabula.data.splits import for_training
from fabula.errors import FabulaError
from fabula.recipe import Data, Recipe
from fabula.scorer.credits import WORLD, line_of
from fabula.spec import Spec
from fabula.story import Story

CREDITS = "CREDITS.md"
HEAD = """# Credits

What lies beside this page was learned from the pictures and captions of the stories below. Title, source, authors and
licence are given as the data gives them.
"""


def credits_of(held: Bundle, run: Path) -> str:
    """A page in Markdown with every story of the train splits, one line each.

    Counted in are the texts beside train, and what the runs had learned that parts were taken over from; stages that
    have moved are looked for in the folder `run`. Pictures are not decoded; time grows with the stories.
    FabulaError where a source or such a run is not there any more.
    """
    if (held.folder / CREDITS).is_file():  # it was handed on already
        return (held.folder / CREDITS).read_text("utf-8")
    lines = dict.fromkeys([*_of_data(held.recipe.data), *_of_origins(held.recipe, run)])
    return f"{HEAD}\n" + "\n".join(lines) + "\n"


def _of_data(data: Data) -> Iterator[str]:
    if data.source == "world":
        yield f"- {WORLD}"
    else:
        yield from _lines(for_training(open_source(data.source, data)).stories("train"))
    for name in data.texts:
        source = open_source(name, of_source(data, name, frames_key=NONE))
        yield from _lines(source.stories("train" if "train" in source.splits else ALL))


def _lines(stories: Iterable[Story]) -> Iterator[str]:
    for story in stories:
        yield line_of(story) or f"- **{story.title or story.id}** ({story.id}): the data names no author and no licence"


def _of_origins(recipe: Recipe, run: Path) -> Iterator[str]:
    """Of the runs that parts were taken over from, and of those before them."""
    parts = (getattr(recipe.model, each.name) for each in fields(recipe.model))
    for origin in dict.fromkeys(part.origin for part in parts if isinstance(part, Spec) and part.origin):
        stage = run / "stages" / Path(origin).name
        try:
            folder = bundle.find(stage if stage.is_dir() else origin)
        except FabulaError as error:
            raise FabulaError(f"{error}; parts were taken from it, and its stories are to be credited") from error
        yield from _of_folder(folder, run)


def _of_folder(folder: Path, run: Path) -> Iterator[str]:
    """Of a bundle that was handed on: its own page. Of a run: what its recipe says."""
    if (folder / CREDITS).is_file():
        yield from (line for line in (folder / CREDITS).read_text("utf-8").splitlines() if line.startswith("- "))
        return
    recipe = recipes.load(folder / "recipe.yaml")
    yield from _of_data(recipe.data)
    yield from _of_origins(recipe, run)
