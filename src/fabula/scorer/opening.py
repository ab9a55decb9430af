"""Which scorer measures: the one that is shipped, or one's own."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from fabula.errors import FabulaError
from fabula.scorer import folder as at_rest
from fabula.scorer.pairing import PairScorer

SHIPPED = "shipped"


def shipped_folder() -> Path:
    """Where the package keeps its own scorer."""
    return Path(__file__).resolve().parent / "weights"


def open_scorer(name: str = SHIPPED) -> PairScorer:
    """`shipped`, or the folder of a scorer that `fabula scorer train` has written. Read once a process.

    Errors: FabulaError where the folder is no scorer, or a file in it is absent, cut or foreign.
    """
    path = shipped_folder() if name == SHIPPED else Path(name).expanduser()
    if not path.is_dir():
        wanted = f"name one that `fabula scorer train` has written, or {SHIPPED!r}"
        raise FabulaError(f"scorer: no folder {name!r}; {wanted}")
    return _read(path.resolve(), name)


@lru_cache(maxsize=2)
def _read(folder: Path, name: str) -> PairScorer:
    found = at_rest.load(folder)
    found.about["name"] = name if name == SHIPPED else folder.name
    return found
