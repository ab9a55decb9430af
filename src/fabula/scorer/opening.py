"""Which scorer measures: the one that is shipped, one's own, a CLIP, or an encoder of sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from fabula.errors import FabulaError
from fabula.scorer import folder as at_rest
from fabula.scorer.pretrained import kind_of

SHIPPED = "shipped"
OWN, CLIP, SENTENCES = "own", "clip:", "sentences:"
WANTED = f"name one that `fabula scorer train` wrote, a CLIP, a MiniLM, or {SHIPPED!r}"


class Looks(Protocol):
    """Pictures and captions to unit vectors of one space. `about` holds its name, and what else tells it apart.

    Who does not see (`sees`) is asked about captions alone.
    """

    @property
    def about(self) -> Mapping[str, Any]: ...

    @property
    def sees(self) -> bool: ...

    def embed_pictures(self, pictures: NDArray[np.uint8] | Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """(N, H, W, 3) uint8, or N pictures, -> (N, D)."""
        ...

    def embed_captions(self, captions: Sequence[str]) -> NDArray[np.float32]:
        """N texts -> (N, D)."""
        ...


def shipped_folder() -> Path:
    """Where the package keeps its own scorer."""
    return Path(__file__).resolve().parent / "weights"


def open_scorer(name: str = SHIPPED) -> Looks:
    """`shipped`, or a folder: of a scorer that `fabula scorer train` wrote, of a CLIP, of an encoder of sentences.

    What a folder is follows from its files; `clip:FOLDER` and `sentences:FOLDER` say it. Read once a process.
    Errors: FabulaError where the folder is no scorer, or a file in it is absent, cut or foreign.
    """
    if name == SHIPPED:
        return _read(shipped_folder().resolve(), SHIPPED)
    prefix = next((each for each in (CLIP, SENTENCES) if name.startswith(each)), "")
    path = Path(name.removeprefix(prefix)).expanduser()
    if not path.is_dir():
        came = f"{path} is a file" if path.exists() else f"no folder {name!r}"
        raise FabulaError(f"scorer: {came}; {WANTED}")
    return _read(path.resolve(), prefix or _kind(path))


def _kind(folder: Path) -> str:
    """What the files of a folder say that it is."""
    if (folder / at_rest.ABOUT).is_file():
        return OWN
    kind = kind_of(folder)
    if kind is None:
        raise FabulaError(f"scorer: {folder}: no {at_rest.ABOUT} in it, and no config.json; {WANTED}")
    return CLIP if kind == "clip" else SENTENCES


@lru_cache(maxsize=2)
def _read(folder: Path, kind: str) -> Looks:
    if kind == CLIP:
        from fabula.scorer.clip import ClipScorer  # transformers takes seconds to import

        return ClipScorer(folder)
    if kind == SENTENCES:
        from fabula.scorer.sentences import SentenceScorer

        return SentenceScorer(folder)
    found = at_rest.load(folder)
    found.about["name"] = SHIPPED if kind == SHIPPED else folder.name
    return found
