"""Fabula: visual story continuation. K frames of a story in, the next picture and the next caption out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fabula.storyteller import ModelStoryteller


def load(path: str | Path, device: str = "cpu") -> ModelStoryteller:
    """The storyteller in a run folder or a bundle: `load("runs/demo").tell([frames])` gives the next frame.

    A plain name that is no folder is that of a shipped one: `load("world")`.

    Torch is imported here, not with the package. Errors: FabulaError where there is no bundle, or a broken one.
    """
    from fabula import bundle
    from fabula.storyteller import ModelStoryteller

    held = bundle.load(Path(path))
    return ModelStoryteller(held.story_model, held.tokenizer, held.recipe, device)
