"""One arm against another on the same windows: the difference of a measure, with a paired interval over stories.

The value of an arm is the mean of its seeds. In each draw of stories both arms and all seeds are seen together, so the
interval is that of the difference on other stories, for models as they are. What another seed would have changed it
does not hold; so an arm is called better only where, beside that, every seed by itself says the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from fabula.compare.windows import Windows
from fabula.metrics import MEASURES
from fabula.metrics.measure import Sums
from fabula.metrics.paired import Verdict, drawn, leaves_zero_out, stated


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
    names = sorted({column for measure in measures for column in MEASURES[measure].reads})
    return drawn(windows.columns, names, windows.stories, seed=seed)


def _difference(measure: str, ours: Sequence[Any], theirs: Sequence[Any]) -> dict[str, Any] | None:
    values = [np.stack([MEASURES[measure].value(sums) for sums in side]) for side in (ours, theirs)]
    by_seed = values[0] - values[1]  # (seeds, 1 + R)
    found, seeds = stated(by_seed.mean(0)), by_seed[:, 0].tolist()
    return found and {**found, "seeds": seeds, "verdict": verdict(measure, found, seeds)}


def verdict(measure: str, difference: Mapping[str, float], seeds: Sequence[float]) -> Verdict | None:
    """Better or worse only where the interval leaves zero out, every seed agrees, and the measure has a better side."""
    if min(seeds) <= 0 <= max(seeds):
        return None
    between = (difference["low"], difference["high"]) if "low" in difference else None
    return leaves_zero_out(MEASURES[measure].better, between)
