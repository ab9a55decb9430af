"""One arm against another on the same windows: the difference of a measure, with a paired interval over stories.

The value of an arm is the mean of its seeds. In each draw of stories both arms and all seeds are seen together, so the
interval is that of the difference on other stories, for models as they are. What another seed would have changed it
does not hold; so an arm is called better only where, beside that, every seed by itself says the same.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from fabula.metrics import MEASURES
from fabula.metrics.bootstrap import interval, totals
from fabula.metrics.measure import Sums
from fabula.study.told import Windows

ALIKE = {  # what must be equal in two protocols before numbers of a subject may be subtracted
    "picture": ("picture_size", "fit", "equalise", "content"),
    "caption": ("caption_length",),
    "caption.perplexity": ("caption_length", "tokenizer"),
}
Verdict = Literal["better", "worse"]


def common(arms: Sequence[Windows]) -> list[tuple[str, int]]:
    """The frames that all of them have told."""
    shared = set(arms[0].targets).intersection(*(set(arm.targets) for arm in arms[1:]))
    return [target for target in arms[0].targets if target in shared]


def refusal(measure: str, mine: Mapping[str, Any], other: Mapping[str, Any]) -> str | None:
    """Why a measure of two evaluations (`scores.json`) must not be subtracted; None where it may."""
    for key in ("data", "split"):
        if mine[key] != other[key]:
            return f"{key} is {mine[key]} here and {other[key]} there"
    here, there = mine["protocol"], other["protocol"]
    keys = ALIKE.get(measure) or ALIKE[measure.split(".")[0]]
    differing = [key for key in keys if here[key] != there[key]]
    return next((f"{key.replace('_', ' ')} is {here[key]} here and {there[key]} there" for key in differing), None)


def differences(
    measures: Sequence[str], mine: Sequence[Windows], others: Sequence[Windows], *, seed: int = 0
) -> dict[str, dict[str, Any]]:
    """Measure -> `value`, `low`, `high`, `seeds`, `verdict`: the mean of `mine` less that of `others`, seed by seed.

    Without `low` and `high` where there is but one story; a measure that either side lacks is left out.
    """
    known = [m for m in measures if all(windows.has(m) for windows in (*mine, *others))]
    ours, theirs = ([_drawn(windows, known, seed) for windows in side] for side in (mine, others))
    return {measure: found for measure in known if (found := _difference(measure, ours, theirs)) is not None}


def _drawn(windows: Windows, measures: Sequence[str], seed: int) -> dict[str, Sums]:
    """Column -> (1 + R,): its sum over all windows, then in every draw of stories."""
    names = sorted({column for measure in measures for column in MEASURES[measure].reads})
    if not names:
        return {}
    table = np.stack([windows.columns[name] for name in names], 1)
    draws = totals(table, windows.stories, seed=seed)
    sums = table.sum(0)[None] if draws is None else np.concatenate([table.sum(0)[None], draws])
    return dict(zip(names, sums.T, strict=True))


def _difference(measure: str, ours: Sequence[Any], theirs: Sequence[Any]) -> dict[str, Any] | None:
    values = [np.stack([MEASURES[measure].value(sums) for sums in side]) for side in (ours, theirs)]
    by_seed = values[0] - values[1]  # (seeds, 1 + R)
    less, seeds = by_seed.mean(0), by_seed[:, 0].tolist()
    found = {"value": float(less[0])} | (interval(less[1:]) if len(less) > 1 else {})
    if not all(map(math.isfinite, found.values())):
        return None
    return {**found, "seeds": seeds, "verdict": verdict(measure, found, seeds)}


def verdict(measure: str, difference: Mapping[str, float], seeds: Sequence[float]) -> Verdict | None:
    """Better or worse only where the interval leaves zero out, every seed agrees, and the measure has a better side."""
    better, low, high = MEASURES[measure].better, difference.get("low"), difference.get("high")
    if better is None or low is None or high is None or low <= 0 <= high:
        return None
    if min(seeds) <= 0 <= max(seeds):
        return None
    return "better" if (high < 0) == (better == "lower") else "worse"
