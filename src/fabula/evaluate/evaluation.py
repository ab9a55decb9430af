"""Score storytellers on the windows of a split: one folder with all that was found."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from fabula import files
from fabula.data.corpus import Split
from fabula.errors import pick
from fabula.evaluate.boards import write_boards
from fabula.evaluate.conditions import strangers
from fabula.evaluate.inquiry import CLOSELY, ORDERING, PARTS, Inquiry, some_of
from fabula.evaluate.places import check_out
from fabula.evaluate.probing import probes
from fabula.evaluate.rollout import rollout
from fabula.evaluate.rounds import ask_all
from fabula.evaluate.spending import costs
from fabula.evaluate.summary import summary
from fabula.floors.progress import Progress, silent
from fabula.metrics.ordering import ordering
from fabula.recipe import Data
from fabula.scorer.opening import Looks
from fabula.story import Storyteller
from fabula.tokenizer import Tokenizer
from fabula.verdict import diseases, verdict

TRIED = 32  # windows on which the measures themselves are tried


def evaluate(
    tellers: Mapping[str, Storyteller],
    split: Split,
    tokenizer: Tokenizer,
    data: Data,
    *,
    out: Path,
    ceilings: Mapping[str, Storyteller] | None = None,
    scorer: Looks | None = None,
    seed: int = 0,
    limit: int | None = None,
    keep: int | None = 0,
    only: Collection[str] = (),
    closely: int = CLOSELY,
    about: Mapping[str, Any] | None = None,
    beside: Callable[[Path], object] | None = None,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Write the folder `out`, and give what stands in its `scores.json`.

    `limit` takes so many windows at even distances, None all. `keep` is how many windows keep their told pictures,
    None all. `about` is added to the protocol. `ceilings` are asked about few windows, and `scorer` embeds what
    was told of these.
    `only` names the parts that are measured (`PARTS`), all where it is empty. `closely` is how many windows are
    looked at closely. `beside` may write more into the folder before it is put in its place.
    Errors: FabulaError where `out` holds something else, or a part is unknown, before any work.
    """
    started = time.perf_counter()
    check_out(out)
    for part in only:
        pick(part, PARTS, "--only")
    numbers = some_of(len(split.windows), limit)
    kept = set(numbers[some_of(len(numbers), keep)].tolist())
    inquiry = Inquiry(tellers, split, tokenizer, data, numbers, seed, ceilings or {}, scorer, only or PARTS, closely)
    with files.new_folder(out) as draft:
        scores = _measured(inquiry, draft, kept, about or {}, progress)
        files.write_json(draft / "scores.json", scores)
        if beside is not None:
            beside(draft)
        files.write_json(draft / "costs.json", costs(inquiry.found, time.perf_counter() - started))
    return scores


def _measured(
    inquiry: Inquiry, folder: Path, kept: set[int], about: Mapping[str, Any], progress: Progress
) -> dict[str, Any]:
    """All that stands in scores.json; tables and pictures are written on the way."""
    ask_all(inquiry, folder, kept, progress)
    scores = summary(inquiry, about)
    scores["probes"] = probes(inquiry, folder, progress)
    scores["rollout"] = rollout(inquiry, folder, progress)
    scores["ordering"] = _ordering(inquiry)
    scores["diseases"] = {name: diseases(scores, name) for name in inquiry.models}
    scores["verdict"] = verdict(scores)
    with inquiry.found.timed("boards"):
        write_boards(folder, inquiry.tellers, inquiry.split, inquiry.seed)
    return scores


def _ordering(inquiry: Inquiry) -> dict[str, Any]:
    """Which measures put the truth before what is plainly worse, on a few windows."""
    if ORDERING not in inquiry.only or not inquiry.data.context:
        return {}
    some = inquiry.chunk(inquiry.numbers[some_of(len(inquiry.numbers), TRIED)])
    with inquiry.found.timed("ordering"):
        return ordering(some.truth, strangers(some.stories), seed=inquiry.seed)
