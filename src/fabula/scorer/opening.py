"""Which scorer measures: the one that is shipped, one's own, or a CLIP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from fabula.errors import FabulaError
from fabula.scorer import folder as at_rest

SHIPPED = "shipped"
CLIP = "clip:"


class Looks(Protocol):
    """Pictures and captions to unit vectors of one space. `about` holds its name, and what else tells it apart."""

    @property
    def about(self) -> Mapping[str, Any]: ...

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
    """`shipped`, the folder of a scorer that `fabula scorer train` has written, or `clip:FOLDER`. Read once a process.

    Errors: FabulaError where the folder is no scorer, or a file in it is absent, cut or foreign.
    """
    path = shipped_folder() if name == SHIPPED else Path(name.removeprefix(CLIP)).expanduser()
    if not path.is_dir():
        wanted = f"name one that `fabula scorer train` has written, or {SHIPPED!r}"
        raise FabulaError(f"scorer: no folder {name!r}; {wanted}")
    return _read(path.resolve(), name)


@lru_cache(maxsize=2)
def _read(folder: Path, name: str) -> Looks:
    if name.startswith(CLIP):
        from fabula.scorer.clip import ClipScorer  # transformers takes seconds to import

        return ClipScorer(folder)
    found = at_rest.load(folder)
    found.about["name"] = name if name == SHIPPED else folder.name
    return found
