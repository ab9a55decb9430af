"""Evaluations of a few small stories, made of files alone."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from fabula import files
from fabula.evaluate.rows import SCHEMA

STORIES, EACH, CONTEXT, WORDS = 20, 4, 2, 10
PROTOCOL = {
    "context": CONTEXT, "picture_size": "8x12", "fit": "stretch", "equalise": False, "caption_length": 40,
    "truncated": 0.0, "tokenizer": "abc", "vocabulary": 300, "unknown": 0.0, "content": "stories", "seed": 0,
    "model": "small", "tell": {"strategy": "greedy"},
}  # fmt: skip
Tellers = Mapping[str, Mapping[str, Any]]


def errors(seed: int = 0) -> np.ndarray:
    """(N,): stories differ far more from each other than windows of one story do."""
    dice = np.random.default_rng(seed)
    return np.repeat(dice.uniform(1, 2, STORIES), EACH) + dice.normal(0, 0.01, STORIES * EACH)


def evaluation(folder: Path, tellers: Tellers, *, skip: int = 0, context: int = CONTEXT, **changed: Any) -> Path:
    """`tellers`: name -> `kind`, and of every window `mae`, `nats` and the `caption` told, where it has them.

    `changed` are other facts: of `data` and `split`, else of the protocol. `skip` leaves out the first windows.
    """
    top = {"data": "world", "split": "test"}
    scores = {key: changed.pop(key, value) for key, value in top.items()}
    scores["protocol"] = {**PROTOCOL, "context": context, **changed}
    scores["tellers"] = {name: {"kind": told["kind"], "metrics": _metrics(told)} for name, told in tellers.items()}
    scores["windows"], scores["stories"] = STORIES * EACH - skip, STORIES
    files.write_json(folder / "scores.json", scores)
    rows = [row for name, told in tellers.items() for row in _rows(name, told, context)[skip:]]
    pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), folder / "windows.parquet")
    return folder


def run(folder: Path, mae=None, nats=None, caption: str | None = "so it went", **changed: Any) -> Path:
    """A run with a model, and a floor that paints alone."""
    model = {"kind": "model", "mae": errors() if mae is None else mae, "nats": errors(1) if nats is None else nats}
    floor = {"kind": "floor", "mae": errors() + 0.5}
    evaluation(folder / "evaluation", {"model": {**model, "caption": caption}, "copy_last": floor}, **changed)
    return folder


def keep_pictures(folder: Path, windows: range) -> None:
    """Of the true frames and of what the model told."""
    for teller, red in (("truth", 30), ("model", 200)):
        place = folder / "evaluation" / "pictures" / teller
        place.mkdir(parents=True)
        for window in windows:
            Image.new("RGB", (12, 8), (red, 100, 3 * window)).save(place / f"{window:06d}.png")


def edit(folder: Path, change) -> None:
    path = folder / "evaluation" / "scores.json"
    scores = json.loads(path.read_text())
    change(scores)
    path.write_text(json.dumps(scores))


def _metrics(told: Mapping[str, Any]) -> dict[str, Any]:
    known = {"picture.mae": "mae", "caption.log_loss_word": "nats", "caption.perplexity": "nats"}
    known |= {"caption.bleu": "caption", "caption.chrf": "caption"}
    return {measure: {"value": 1.0} for measure, of in known.items() if told.get(of) is not None}


def _rows(name: str, told: Mapping[str, Any], context: int) -> list[dict[str, Any]]:
    return [_row(name, told, context, window) for window in range(STORIES * EACH)]


def _row(name: str, told: Mapping[str, Any], context: int, window: int) -> dict[str, Any]:
    story, place = divmod(window, EACH)
    number = CONTEXT + 1 + place  # the same frames are told whatever is given
    row = {"window": window, "story_id": f"story-{story:02d}", "start": number - context - 1, "number": number}
    row |= {"teller": name, "kind": told["kind"], "truth": f"In story {story} frame {number} was seen."}
    row |= {"caption": told.get("caption")}
    if told.get("mae") is not None:
        row["picture.mae"] = float(told["mae"][window])
    if told.get("nats") is not None:
        nats = float(told["nats"][window])
        row |= {"caption.nats": nats, "caption.tokens": 20.0, "caption.words": float(told.get("words", WORDS))}
        row |= {"caption.bytes": 50.0, "caption.log_loss_word": nats / WORDS}
    return row
