"""Audit what an evaluation is about, from the pictures that are decoded already; kept by their keys, done once."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from fabula import files
from fabula.audit.catalogue import findings
from fabula.audit.read import read_store
from fabula.audit.told import Told, plain, told_of
from fabula.data.open import open_source
from fabula.data.source import Source
from fabula.data.splits import for_training
from fabula.data.store import Store, find_store
from fabula.errors import FabulaError
from fabula.floors.progress import Progress, silent
from fabula.recipe import Data

FORMAT = 1  # changes when an audit asks or tells something else
FILE = "audit.json"


def audit_evaluated(
    data: Data, evaluated: Store, out: Path, *, learned: Data | None = None, progress: Progress = silent
) -> Told:
    """Write `audit.json` into the folder of an evaluation, and give what stands in it.

    Looked at is the split that was evaluated, with all splits of its source that are decoded at the same settings:
    those that the run has learned from, where it was trained on this machine. `learned` is the data of a run that is
    evaluated on another source: then its train split is looked at too. Nothing is decoded for it.
    """
    told = audit_stores({**_learned(learned, data), **_beside(data, evaluated)}, data.context, progress)
    files.write_json(out / FILE, {**told, "source": data.source})
    return told


def audit_stores(stores: Mapping[str, Store], context: int, progress: Progress = silent) -> Told:
    """What an audit tells of decoded splits, as JSON values; the same stores are never audited twice."""
    kept = files.cache_folder() / "audits" / f"{_key(stores, context)[:32]}.json"
    if not kept.exists():
        files.write_json(kept, _audited(stores, context, progress))
    return files.read_json(kept)


def warning(told: Told) -> str:
    """A sentence for whoever reads the scores; empty where nothing leaks."""
    names = dict.fromkeys(each["name"] for each in told["findings"] if each["leaks"])
    where = f"fabula audit {told['source']} --html FILE shows where"
    return f"The data leaks: {', '.join(names)}. Scores say more than is true; {where}." if names else ""


def _audited(stores: Mapping[str, Store], context: int, progress: Progress) -> Told:
    began = time.monotonic()
    reads = [read_store(store, name) for name, store in stores.items()]
    about = list(stores.values())[-1].meta
    told = told_of(about["source"], (), reads, list(findings(reads, context, progress)), context)
    made = datetime.now(UTC).date().isoformat()
    spent = round(time.monotonic() - began, 1)
    return {"pictures": about["picture_size"], "made": made, "seconds": spent, **plain(told)}


def _key(stores: Mapping[str, Store], context: int) -> str:
    made = json.dumps([FORMAT, context, [[name, store.key] for name, store in stores.items()]])
    return hashlib.sha256(made.encode()).hexdigest()


def _learned(learned: Data | None, data: Data) -> dict[str, Store]:
    """The train split of a run that is evaluated on another source, under a name that says whose it is."""
    if learned is None or learned.source == data.source:
        return {}
    try:
        store = find_store(learned, "train", _as_learned(open_source(learned.source, learned)))
    except FabulaError:  # it has learned elsewhere
        return {}
    return {f"train of {learned.source}": store} if store else {}


def _beside(data: Data, evaluated: Store) -> dict[str, Store]:
    """The decoded splits of the source, in its order, and the evaluated one."""
    source = _as_learned(open_source(data.source, data))
    found = {split: find_store(data, split, source) for split in source.splits}
    held = {split: store for split, store in found.items() if store is not None}
    return held if evaluated.key in {store.key for store in held.values()} else {**held, evaluated.split: evaluated}


def _as_learned(source: Source) -> Source:
    """The source with the splits of a training; as it is where it is too small, or holds nothing to learn from."""
    try:
        return for_training(source)
    except FabulaError:
        return source
