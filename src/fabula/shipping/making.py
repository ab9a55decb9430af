"""A run made into a bundle that can be handed on, with all that it needs to be used, judged and credited."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from fabula import bundle, files, shipped
from fabula.bundle import Precision
from fabula.errors import FabulaError
from fabula.journal.environment import read_environment
from fabula.journal.folder import RunFolder
from fabula.shipping import places
from fabula.shipping.card import CARD, Made, card
from fabula.shipping.credits import CREDITS, credits_of
from fabula.shipping.evaluated import WEIGHTS, evaluated

LARGEST = 12_000_000  # bytes of a whole bundle: what a package may carry


def ship(
    run: Path,
    out: Path,
    *,
    precision: Precision = "bfloat16",
    floors: bool = True,
    evaluation: bool = True,
    largest: int = LARGEST,
) -> Path:
    """Write the bundle `out` from a finished run; its last name is that of the model. What stood there is replaced.

    It holds the weights, rounded where `precision` is bfloat16, recipe and tokenizer, the floors, the scores of the
    run's evaluation, what is known of its training, a card and credits. Nothing in it names a place on this machine.
    What was handed on already is handed on as it was, to the byte.
    Errors: FabulaError where the run has no bundle or an evaluation of other weights, its stories are not there to
    be credited, `out` holds something else, or the whole takes more than `largest` bytes.
    """
    _check_out(out)
    held = bundle.load(run)
    credit = credits_of(held, run)
    held = replace(held, recipe=places.of_recipe(held.recipe))
    with files.new_folder(out) as draft:
        bundle.write(draft, held.model, held.tokenizer, held.recipe, precision=precision)
        scores, exact = evaluated(shipped.folder_of(run), held.folder, draft) if evaluation else ({}, False)
        beside = floors and (held.folder / "floors").is_dir()
        if beside:
            shutil.copytree(held.folder / "floors", draft / "floors")
        size = (draft / WEIGHTS).stat().st_size
        made = Made(out.name, held, size, precision, scores=scores, exact=exact, floors=beside, **_known(run))
        _write(draft, made, credit)
        _check_size(draft, out, largest)
        _open_to_all(draft)
    return out


def _known(run: Path) -> dict[str, Any]:
    """What a run says of its training; of a bundle by itself nothing is known."""
    folder = RunFolder(shipped.folder_of(run))
    data = files.read_json(folder.data) if folder.data.is_file() else {}
    environment = read_environment(folder.environment) | _stages_of(folder.stages)
    return {
        "environment": places.of_environment(environment),
        "data": places.of_source(data, "source"),
    }


def _stages_of(folder: Path) -> dict[str, Any]:
    """Steps and seconds of what was trained before the last stage, in order; nothing where there was one alone."""
    held = {path.parent.name: read_environment(path) for path in folder.glob("*/environment.json")}
    order = sorted(held, key=lambda name: held[name]["sessions"][0]["started"])
    stages = {name: {key: held[name].get(key) for key in ("steps", "seconds")} for name in order}
    return {"stages": stages} if stages else {}


def _write(draft: Path, made: Made, credit: str) -> None:
    made = replace(made, scores=places.of_source(made.scores, "data"))
    files.write_text(draft / CARD, card(made))
    files.write_text(draft / CREDITS, credit)
    facts: Mapping[str, Mapping[str, Any]] = {"environment.json": made.environment, "data.json": made.data}
    for name, held in facts.items():
        if held:
            files.write_json(draft / name, held)
    if made.scores:
        (draft / "evaluation").mkdir()
        files.write_json(draft / "evaluation" / "scores.json", made.scores)


def _check_out(out: Path) -> None:
    """FabulaError where `out` holds what is no bundle that was handed on, or cannot be written."""
    if out.exists() and not out.is_dir():
        raise FabulaError(f"{out} is a file; name a folder for the bundle with --out")
    if out.is_dir() and any(out.iterdir()) and not (out / CARD).is_file():
        raise FabulaError(f"{out} already holds something that has no {CARD}; name another folder with --out")
    files.check_room(out)


def _open_to_all(draft: Path) -> None:
    """Weights are written for their owner alone; whoever installs them may be another than who reads them."""
    for path in draft.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)


def _check_size(draft: Path, out: Path, largest: int) -> None:
    sizes = {path.relative_to(draft): path.stat().st_size for path in draft.rglob("*") if path.is_file()}
    if (total := sum(sizes.values())) > largest:
        most = sorted(sizes, key=lambda path: -sizes[path])[:3]
        named = ", ".join(f"{path} {sizes[path] / 1e6:.1f}" for path in most)
        less = "make the model smaller, or leave the floors out with --no-floors"
        raise FabulaError(f"{out}: {total / 1e6:.1f} MB, more than {largest / 1e6:.1f} ({named} MB); {less}")
