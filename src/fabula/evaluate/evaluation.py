"""Score storytellers on the windows of a split, chunk by chunk."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fabula import files
from fabula.data.corpus import Split
from fabula.evaluate.asking import Chunk, ask, kind_of, open_chunk, the_truth, told_of
from fabula.evaluate.boards import keep_pictures, write_boards
from fabula.evaluate.likeness import Likeness
from fabula.evaluate.places import check_out
from fabula.evaluate.probe import asked_of, probe
from fabula.evaluate.rows import Rows
from fabula.floors.progress import Progress, silent
from fabula.metrics import MEASURES, OF_THE_TRUTH, Scores
from fabula.metrics.likelihood import NATS
from fabula.metrics.told import Told
from fabula.recipe import Data
from fabula.story import Frame, Storyteller
from fabula.tokenizer import Tokenizer
from fabula.verdict import best_floor, diseases, verdict

CHUNK = 64  # windows held at a time


@dataclass
class Asked:
    """All tellers, what they scored so far, and what it cost."""

    tellers: Mapping[str, Storyteller]
    scores: dict[str, Scores]
    truth: Scores = field(default_factory=Scores)
    costs: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    likeness: Likeness = field(default_factory=Likeness)
    few: frozenset[int] = frozenset()  # windows that models are asked about once more
    told: dict[str, list[Frame]] = field(default_factory=lambda: defaultdict(list))  # what models told of these


def evaluate(
    tellers: Mapping[str, Storyteller],
    split: Split,
    tokenizer: Tokenizer,
    data: Data,
    *,
    out: Path,
    seed: int = 0,
    limit: int | None = None,
    keep: int | None = 0,
    about: Mapping[str, Any] | None = None,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Write the folder `out`, and give what stands in its `scores.json`.

    `limit` takes so many windows at even distances, None all. `keep` is how many windows keep their told pictures,
    None all. `about` is added to the protocol. Errors: FabulaError where `out` holds something else, before any work.
    """
    check_out(out)
    numbers = some_of(len(split.windows), limit)
    kept = set(numbers[some_of(len(numbers), keep)].tolist())
    asked = Asked(tellers, {name: Scores() for name in tellers}, few=frozenset(asked_of(numbers).tolist()))
    with files.new_folder(out) as draft:
        stories = _ask_all(asked, split, tokenizer, data, numbers, kept, seed, draft, progress)
        scores = _summary(asked, split, tokenizer, data, stories, {"seed": seed, **(about or {})})
        scores["probes"] = {}
        if data.context:
            few = open_chunk(split, asked_of(numbers), tokenizer, data)
            scores["probes"] = _probes(asked, few, np.searchsorted(numbers, few.numbers), data, seed, progress)
        scores["gains"] = _gains(asked, scores["tellers"], stories)
        scores["likeness"] = asked.likeness.values() if data.context else {}
        scores["diseases"] = {name: diseases(scores, name) for name in scores["gains"]}
        scores["verdict"] = verdict(scores)
        write_boards(draft, tellers, split, seed)
        files.write_json(draft / "scores.json", scores)
        files.write_json(draft / "costs.json", _costs(asked))
    return scores


def some_of(count: int, wanted: int | None) -> NDArray[np.int64]:
    """`wanted` of `count` places at even distances; all where None or more are wanted."""
    if wanted is None or wanted >= count:
        return np.arange(count)
    return np.arange(wanted) * count // max(wanted, 1)


def _ask_all(asked: Asked, split: Split, tokenizer: Tokenizer, data: Data, numbers, kept, seed, draft, progress) -> Any:
    """Every teller about every window; gives the story of each window (N,)."""
    stories: list[NDArray[np.int64]] = []
    with Rows(draft / "windows.parquet", split) as rows, progress("evaluating", len(numbers)) as advance:
        for start in range(0, len(numbers), CHUNK):
            chunk = open_chunk(split, numbers[start : start + CHUNK], tokenizer, data)
            asked.truth.add(the_truth(chunk))
            told = {name: _ask_one(asked, name, chunk, seed, data, rows, kept, draft) for name in asked.tellers}
            asked.likeness.add(*(_of_kind(asked, told, kind) for kind in ("model", "floor")))
            keep_pictures(draft, "truth", chunk, chunk.truths, kept)
            rows.flush()
            stories.append(chunk.stories)
            advance(len(chunk.numbers), "windows")
    return np.concatenate(stories)


def _of_kind(asked: Asked, told: Mapping[str, Told], kind: str) -> dict[str, Told]:
    return {name: said for name, said in told.items() if kind_of(asked.tellers[name]) == kind}


def _ask_one(asked: Asked, name: str, chunk: Chunk, seed: int, data: Data, rows: Rows, kept, draft: Path) -> Told:
    teller, started = asked.tellers[name], time.perf_counter()
    told, frames = ask(teller, chunk, seed, data.picture_size)
    asked.costs[f"tell.{name}"] += time.perf_counter() - started
    rows.add(name, kind_of(teller), chunk, told.captions, asked.scores[name].add(told))
    if teller.paints:
        keep_pictures(draft, name, chunk, frames, kept)
    if kind_of(teller) == "model":
        asked.told[name] += [f for number, f in zip(chunk.numbers, frames, strict=True) if int(number) in asked.few]
    return told


def _summary(asked: Asked, split: Split, tokenizer: Tokenizer, data: Data, stories, about) -> dict[str, Any]:
    started = time.perf_counter()
    tellers = {
        name: {"kind": kind_of(teller), "metrics": asked.scores[name].values(stories)}
        for name, teller in asked.tellers.items()
    }
    truth = asked.truth.values(stories)
    asked.costs["intervals"] = time.perf_counter() - started
    return {
        "data": split.store.meta["source"],
        "split": split.name,
        "windows": len(stories),
        "stories": len(np.unique(stories)),
        "protocol": protocol(split, tokenizer, data) | about,
        "tellers": tellers,
        "truth": {"metrics": {name: truth[name] for name in OF_THE_TRUTH if name in truth}},
    }


def _gains(asked: Asked, tellers: Mapping[str, Any], stories) -> dict[str, Any]:
    """For each model and measure, by how much it is better than the best floor, with a paired interval."""
    models = [name for name, teller in tellers.items() if teller["kind"] == "model"]
    best = {measure: floor for measure in MEASURES if (floor := best_floor(tellers, measure))}
    gains: dict[str, Any] = {name: {} for name in models}
    for name, floor in product(models, dict.fromkeys(best.values())):
        mine = [measure for measure in best if best[measure] == floor]
        found = asked.scores[name].gains(asked.scores[floor], stories, only=mine)
        gains[name] |= {measure: {"floor": floor, **gain} for measure, gain in found.items()}
    return gains


def protocol(split: Split, tokenizer: Tokenizer, data: Data) -> dict[str, Any]:
    """All that decides what a number of this evaluation means."""
    unknown = tokenizer.unknown
    real = split.captions.ids != tokenizer.pad
    return {
        "context": data.context,
        "picture_size": str(data.picture_size),
        "fit": data.fit,
        "equalise": data.equalise,
        "caption_length": data.caption_length,
        "truncated": float(split.captions.share),
        "tokenizer": tokenizer.digest[:16],
        "vocabulary": tokenizer.size,
        "unknown": 0.0 if unknown is None else float((split.captions.ids == unknown).sum() / max(real.sum(), 1)),
        "content": split.store.key[:16],
    }


def _probes(
    asked: Asked, chunk: Chunk, rows: NDArray[np.int64], data: Data, seed: int, progress: Progress
) -> dict[str, Any]:
    """`rows` are the places of the chunk's windows among all that were scored."""
    started = time.perf_counter()
    models = {name: teller for name, teller in asked.tellers.items() if kind_of(teller) == "model"}
    with progress("does the context matter", len(models)) as advance:
        found = {}
        for name, teller in models.items():
            known = asked.scores[name].columns.get(NATS)
            nats = np.concatenate(known)[rows] if known else None
            told = told_of(teller, chunk, asked.told[name], nats, data.picture_size)
            found[name] = probe(teller, chunk, asked.told[name], told, data.picture_size, seed=seed)
            advance(1, name)
    asked.costs["probes"] = time.perf_counter() - started
    return found


def _costs(asked: Asked) -> dict[str, float]:
    """Seconds by part: telling by teller, measures by kind, intervals, probes."""
    costs = dict(asked.costs)
    for scores in (*asked.scores.values(), asked.truth):
        for part, seconds in scores.costs.items():
            costs[f"measure.{part}"] = costs.get(f"measure.{part}", 0.0) + seconds
    return {name: round(seconds, 3) for name, seconds in costs.items()}
