"""A scorer at rest: a folder with scorer.json, tokenizer.json, scorer.safetensors and CREDITS.md."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from fabula import files, weights
from fabula.errors import FabulaError
from fabula.scorer.pairing import PairScorer
from fabula.scorer.towers import Design, Towers, designed
from fabula.tokenizer import Tokenizer

FORMAT = "fabula-scorer-1"
ABOUT, WORDS, WEIGHTS, CREDITS = "scorer.json", "tokenizer.json", "scorer.safetensors", "CREDITS.md"


def write(
    folder: Path, towers: Towers, tokenizer: Tokenizer, design: Design, made: Mapping[str, Any], credit: str
) -> None:
    """A new folder, whole or not there. Weights are kept in half precision. `made` says how they came to be."""
    half = {name: tensor.half() for name, tensor in weights.own_tensors(towers).items()}
    with files.new_folder(folder) as draft:
        weights.save_tensors(draft / WEIGHTS, half, {"format": FORMAT, "tokenizer": tokenizer.digest})
        digest = files.digest(draft / WEIGHTS)
        tokenizer.save(draft / WORDS)
        files.write_text(draft / CREDITS, credit)
        files.write_json(draft / ABOUT, {"format": FORMAT, "digest": digest, "design": design.plain(), **made})


def write_about(folder: Path, about: Mapping[str, Any]) -> None:
    """What `read_about` gives, written again."""
    files.write_json(folder / ABOUT, dict(about))


def load(folder: Path) -> PairScorer:
    """FabulaError names the file that is absent, cut or foreign."""
    about = read_about(folder)
    design = designed(about.get("design"), f"{folder / ABOUT}: design")
    tokenizer = Tokenizer.load(folder / WORDS)
    tensors, said = weights.load_tensors(folder / WEIGHTS)
    if said.get("format") != FORMAT or said.get("tokenizer") != tokenizer.digest:
        raise FabulaError(f"{folder / WEIGHTS}: not the weights that belong to {folder / WORDS}; copy the folder again")
    towers = _filled(design, tokenizer, tensors, folder / WEIGHTS)
    known = {"name": folder.name, "digest": files.digest(folder / WEIGHTS)[:16], "dim": design.dim}
    return PairScorer(towers, tokenizer, design, known)


def read_about(folder: Path) -> dict[str, Any]:
    """What stands in scorer.json: the design, how the weights were made, and how well they find true pairs."""
    if not (folder / ABOUT).is_file():
        raise FabulaError(f"{folder}: no {ABOUT} in it; name a folder that `fabula scorer train` has written")
    about = files.read_json(folder / ABOUT)
    found = about.get("format") if isinstance(about, dict) else None
    if found != FORMAT:
        raise FabulaError(f"{folder / ABOUT}: format {found!r}; this version reads {FORMAT!r}")
    return about


def _filled(design: Design, tokenizer: Tokenizer, tensors: Mapping[str, Any], where: Path) -> Towers:
    with torch.random.fork_rng(devices=[]):  # the weights that towers are born with are overwritten
        towers = Towers(design, tokenizer.vocabulary)
    weights.fill(towers, tensors, where)
    return towers.eval()
