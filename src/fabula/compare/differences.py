"""Of every measure the difference to the first run: its interval over stories, and a sign test over stories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fabula.compare.windows import Windows
from fabula.metrics import MEASURES
from fabula.metrics.bootstrap import by_group
from fabula.metrics.measure import Sums
from fabula.metrics.paired import Verdict, drawn, leaves_zero_out, stated
from fabula.metrics.signs import holm, sign_test

LEVEL = 0.05  # the corrected p below which a difference may be called one


@dataclass(frozen=True)
class Difference:
    """A teller's value less the first one's. What has no better side is not tested and only described."""

    value: float
    low: float | None = None  # 95 % of a paired bootstrap over stories; None where there is one story alone
    high: float | None = None
    better_stories: int | None = None  # stories in which it is better
    worse_stories: int | None = None
    even_stories: int | None = None  # ties, which the test leaves out
    p: float | None = None  # of the sign test, two-sided
    p_holm: float | None = None  # corrected for all that was tested beside it
    verdict: Verdict | None = None


@dataclass(frozen=True)
class Added:
    """Of one side the columns that measures read: summed over all windows and every draw, and story by story."""

    drawn: Mapping[str, Sums]  # (1 + R,)
    by_story: Mapping[str, NDArray[np.float64]]  # (S,)


def add_up(windows: Windows, measures: Sequence[str], *, seed: int = 0) -> Added:
    """Errors: KeyError where a measure does not follow from the columns."""
    names = sorted({column for measure in measures for column in MEASURES[measure].reads})
    stories = windows.stories
    if not names:
        return Added({}, {})
    summed = by_group(np.stack([windows.columns[name] for name in names], 1), stories)
    return Added(drawn(windows.columns, names, stories, seed=seed), dict(zip(names, summed.T, strict=True)))


def values(side: Added, measures: Sequence[str]) -> dict[str, float]:
    """Measure -> its value over all windows; what is no finite number is left out."""
    found = {measure: float(MEASURES[measure].value(side.drawn)[0]) for measure in measures}
    return {measure: value for measure, value in found.items() if np.isfinite(value)}


def differences(
    first: Added, others: Sequence[Added], measures: Sequence[Sequence[str]]
) -> list[dict[str, Difference]]:
    """For each of the others: measure -> its difference to the first, for those measures that are named for it.

    Windows must be the same, in the same order. p is corrected over all measures and all pairs together. What gives
    no finite number is left out.
    """
    found = [
        {name: made for name in names if (made := _difference(name, other, first)) is not None}
        for other, names in zip(others, measures, strict=True)
    ]
    tested = [(side, m, each.p) for side, rows in enumerate(found) for m, each in rows.items() if each.p is not None]
    for (side, measure, _), p in zip(tested, holm([p for _, _, p in tested]), strict=True):
        found[side][measure] = _judged(measure, replace(found[side][measure], p_holm=p))
    return found


def _difference(measure: str, mine: Added, first: Added) -> Difference | None:
    known = MEASURES[measure]
    with np.errstate(invalid="ignore"):
        found = stated(known.value(mine.drawn) - known.value(first.drawn))
        stories = known.value(mine.by_story) - known.value(first.by_story)
    if found is None:
        return None
    made = Difference(found["value"], found.get("low"), found.get("high"))
    if known.better is None:
        return made
    gains = stories if known.better == "higher" else -stories
    wins, losses = int((gains > 0).sum()), int((gains < 0).sum())
    even = len(gains) - wins - losses
    return replace(made, better_stories=wins, worse_stories=losses, even_stories=even, p=sign_test(wins, losses))


def _judged(measure: str, found: Difference) -> Difference:
    """Better or worse only where both say so: the interval, and the corrected test, in the same direction."""
    assert found.better_stories is not None
    assert found.worse_stories is not None
    between = (found.low, found.high) if found.low is not None and found.high is not None else None
    said = leaves_zero_out(MEASURES[measure].better, between)
    mostly = "better" if found.better_stories > found.worse_stories else "worse"
    sure = found.p_holm is not None and found.p_holm < LEVEL and said == mostly
    return replace(found, verdict=said if sure else None)
