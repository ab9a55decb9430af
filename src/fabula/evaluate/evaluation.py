"""Score storytellers on the windows of a split: one folder with all that was found."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from fabula import files
from fabula.data.corpus import Split
from fabula.evaluate.asking import told_of
from fabula.evaluate.boards import write_boards
from fabula.evaluate.ceilings import ask_ceilings
from fabula.evaluate.inquiry import Inquiry, some_of
from fabula.evaluate.places import check_out
from fabula.evaluate.probe import probe
from fabula.evaluate.rounds import ask_all
from fabula.evaluate.summary import costs, summary
from fabula.floors.progress import Progress, silent
from fabula.metrics.likelihood import NATS
from fabula.recipe import Data
from fabula.story import Storyteller
from fabula.tokenizer import Tokenizer
from fabula.verdict import diseases, verdict


def evaluate(
    tellers: Mapping[str, Storyteller],
    split: Split,
    tokenizer: Tokenizer,
    data: Data,
    *,
    out: Path,
    ceilings: Mapping[str, Storyteller] | None = None,
    seed: int = 0,
    limit: int | None = None,
    keep: int | None = 0,
    about: Mapping[str, Any] | None = None,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Write the folder `out`, and give what stands in its `scores.json`.

    `limit` takes so many windows at even distances, None all. `keep` is how many windows keep their told pictures,
    None all. `about` is added to the protocol. `ceilings` are asked about few windows.
    Errors: FabulaError where `out` holds something else, before any work.
    """
    check_out(out)
    numbers = some_of(len(split.windows), limit)
    kept = set(numbers[some_of(len(numbers), keep)].tolist())
    inquiry = Inquiry(tellers, split, tokenizer, data, numbers, seed, ceilings or {})
    with files.new_folder(out) as draft:
        ask_all(inquiry, draft, kept, progress)
        scores = summary(inquiry, ask_ceilings(inquiry, progress), about or {})
        scores["probes"] = _probes(inquiry, progress) if data.context else {}
        scores["diseases"] = {name: diseases(scores, name) for name in inquiry.models}
        scores["verdict"] = verdict(scores)
        write_boards(draft, tellers, split, seed)
        files.write_json(draft / "scores.json", scores)
        files.write_json(draft / "costs.json", costs(inquiry))
    return scores


def _probes(inquiry: Inquiry, progress: Progress) -> dict[str, Any]:
    found, few, size = {}, inquiry.few, inquiry.data.picture_size
    with progress("does the context matter", len(inquiry.models)) as advance, inquiry.timed("probes"):
        for name, teller in inquiry.models.items():
            known, frames = inquiry.scores[name].columns.get(NATS), inquiry.told[name]
            nats = np.concatenate(known)[inquiry.few_rows] if known else None
            told = told_of(teller, few, frames, nats, size)
            found[name] = probe(teller, few, frames, told, size, seed=inquiry.seed)
            advance(1, name)
    return found
