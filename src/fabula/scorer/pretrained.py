"""A pretrained model in a local folder in the format of Hugging Face: its settings, its weights, its tokenizer.

Nothing is ever fetched, and what a folder lacks is an error: the library would fill it by dice, with a mere warning.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from fabula import files
from fabula.errors import FabulaError

WEIGHTS = "model.safetensors"
WANTED = f"name a folder with config.json, {WEIGHTS} and tokenizer.json"


def kind_of(folder: Path) -> str | None:
    """`clip`, `bert`, ...: what config.json says; None where there is none."""
    return settings(folder / "config.json").get("model_type")


def settings(path: Path) -> Mapping[str, Any]:
    """A file of settings; empty where it is absent. FabulaError where it is broken."""
    found = files.read_json(path) if path.is_file() else {}
    if not isinstance(found, dict):
        raise FabulaError(f"{path}: expected a JSON object, got {type(found).__name__}; copy the folder again")
    return found


def digest_of(folder: Path) -> str:
    """Of the weights: what tells two scorers of one name apart."""
    return files.digest(folder / WEIGHTS)[:16]


def library(what: str) -> Any:
    """transformers. FabulaError where it is not installed."""
    try:
        return import_module("transformers")
    except ImportError as error:
        raise FabulaError(f'{what} needs transformers; pip install "fabula[pretrained]"') from error


def opened(folder: Path, kind: Any, what: str, *, harmless: tuple[str, ...] = ()) -> tuple[Any, Any]:
    """The model, in evaluation mode, and its tokenizer. FabulaError for a folder that is not whole.

    `kind` is a class of the library; `harmless` are beginnings of names of weights that may be absent.
    """
    for name in ("config.json", WEIGHTS):
        if not (folder / name).is_file():
            raise FabulaError(f"scorer: {folder}: no {name} in it, so it is not {what}; {WANTED}")
    try:
        model, told = kind.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, output_loading_info=True
        )
        tokenizer = library(what).AutoTokenizer.from_pretrained(folder, local_files_only=True)
    except Exception as error:  # the library raises whatever it likes for a file that does not fit
        raise FabulaError(f"scorer: {folder}: not {what} ({_first(error)}); {WANTED}") from error
    lost = sorted(name for name in told["missing_keys"] if not name.startswith(harmless))
    if lost:
        said = f"lacks {len(lost)} weights, as {lost[0]}; copy the folder again"
        raise FabulaError(f"scorer: {folder / WEIGHTS}: {said}")
    return model.eval(), tokenizer


def _first(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
