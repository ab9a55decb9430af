"""A scorer made: towers that learn from train splits, what they find in the test splits, and whose work it was."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from importlib import metadata
from itertools import chain
from pathlib import Path
from typing import Any

import torch

from fabula import files
from fabula.data.open import of_source
from fabula.data.store import Store, open_store
from fabula.errors import FabulaError
from fabula.recipe import Data
from fabula.scorer import folder
from fabula.scorer.credits import credits_of
from fabula.scorer.learning import Plan, learn
from fabula.scorer.measuring import retrieval_of_pairs
from fabula.scorer.pairs import Pairs, pairs_of
from fabula.scorer.towers import Design, Towers
from fabula.tokenizer import Tokenizer

Say = Callable[[str], None]
SAID_EVERY = 25  # steps
LICENCE = "The weights are under the licence of this package; what they learned from is named in CREDITS.md."


def make_scorer(
    out: Path, data: Data, sources: Sequence[str], *, plan: Plan | None = None, design: Design | None = None, say: Say
) -> dict[str, Any]:
    """Write the folder `out`; gives what stands in its scorer.json.

    Only the splits `train` are learned from; `test` serves to measure at the end, `validation` for nothing.
    `data` says at what size pictures are decoded, and how many stories the world has.
    """
    plan, design = plan or Plan(), design or Design()
    if out.exists():
        raise FabulaError(f"{out}: stands already; name a new folder")
    files.check_room(out)
    stores = {source: open_store(of_source(data, source), "train") for source in sources}
    tokenizer = Tokenizer.train(chain.from_iterable(store.captions for store in stores.values()), design.vocabulary)
    began = time.monotonic()
    with _dice(plan.seed):
        towers = Towers(design, tokenizer.vocabulary)
        done = _learn(towers, [pairs_of(store, tokenizer, design) for store in stores.values()], plan, say)
    made = {
        "fabula": metadata.version("fabula"),
        "sources": {shown(name): _about(store, data) for name, store in stores.items()},
        "plan": asdict(plan),
        "steps_done": done,
        "seconds": round(time.monotonic() - began),
        "weights": sum(weight.numel() for weight in towers.parameters()),
        "licence": LICENCE,
    }
    folder.write(out, towers, tokenizer, design, made, credits_of(stores))
    return with_test(out, data, sources, say)


def with_test(out: Path, data: Data, sources: Sequence[str], say: Say) -> dict[str, Any]:
    """The folder written again with what the weights, as they are kept, find in the test splits."""
    about, scorer = folder.read_about(out), folder.load(out)
    found = {}
    for source in sources:
        say(f"measuring on {shown(source)} test")
        found[shown(source)] = retrieval_of_pairs(scorer, open_store(of_source(data, source), "test"))
    folder.write_about(out, about | {"test": found})
    return about | {"test": found}


def _learn(towers: Towers, pairs: Sequence[Pairs], plan: Plan, say: Say) -> int:
    """How many steps were done: fewer than planned where somebody stopped it (Ctrl-C) and keeps what was learned."""
    began, done = time.monotonic(), 0
    with suppress(KeyboardInterrupt):
        for done, loss in learn(towers, pairs, plan):
            if done % SAID_EVERY == 0 or done == plan.steps:
                say(f"step {done} of {plan.steps}, loss {loss:.3f}, {time.monotonic() - began:.0f} s")
    towers.eval()
    return done


@contextmanager
def _dice(seed: int) -> Iterator[None]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


def shown(source: str) -> str:
    """A source without the place where it lies: `parquet:storybooks`."""
    kind, colon, path = source.partition(":")
    if kind == "hub":
        return source
    return f"{kind}{colon}{Path(path).name}" if colon else Path(source).name or source


def _about(store: Store, data: Data) -> dict[str, Any]:
    counted = {"stories": len(store.counts), "frames": len(store.captions), "content": store.key[:16]}
    world = {"world_seed": data.world.seed} if store.meta["source"] == "world" else {}
    return {"split": store.split, **counted, "picture_size": str(data.picture_size), "fit": data.fit, **world}


def wished(plan: Plan, **changes: Any) -> Plan:
    """The plan with what was asked for; None leaves a value as it is."""
    return replace(plan, **{name: value for name, value in changes.items() if value is not None})
