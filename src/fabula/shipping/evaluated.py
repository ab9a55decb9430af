"""The evaluation that goes with the weights: of these very weights, or of the same before they were rounded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fabula import files
from fabula.errors import FabulaError
from fabula.report.evaluated import read_scores

WEIGHTS = "model.safetensors"


def evaluated(run: Path, held: Path, draft: Path) -> tuple[Mapping[str, Any], bool]:
    """scores.json of a run, and whether its numbers are of the weights as they are in `draft`.

    Nothing where the run was not evaluated. FabulaError where other weights were evaluated than those in `held`,
    the bundle of the run, or in `draft`.
    """
    path = run / "evaluation" / "scores.json"
    if not path.is_file():
        return {}, False
    scores = read_scores(path)
    found = scores.get("protocol", {}).get("weights")
    if found not in (_digest(held), _digest(draft)):
        said = "speaks of other weights" if found else "does not say of which weights it speaks"
        raise FabulaError(f"{path}: {said}; evaluate again, or hand it on with --no-evaluation")
    return scores, found == _digest(draft)


def _digest(folder: Path) -> str:
    return files.digest(folder / WEIGHTS)[:16]
