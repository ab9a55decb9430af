"""Every measure of told stories by name, and the functions that give their columns."""

from __future__ import annotations

from collections.abc import Callable

from fabula.metrics import likelihood, overlap, pictures, pools, variety
from fabula.metrics.measure import Measure
from fabula.metrics.told import Column, Told

MEASURES: dict[str, Measure] = {
    **pictures.MEASURES,
    **{name: measure for name, measure in pools.MEASURES.items() if name.startswith("picture.")},
    **likelihood.MEASURES,
    **overlap.MEASURES,
    **variety.MEASURES,
    **{name: measure for name, measure in pools.MEASURES.items() if name.startswith("caption.")},
}
STATISTICS: dict[str, Callable[[Told], dict[str, Column]]] = {
    "pictures": pictures.statistics,
    "likelihood": likelihood.statistics,
    "overlap": overlap.statistics,
    "variety": variety.statistics,
}
OF_THE_TRUTH = (  # what can be said of the true frames by themselves
    "picture.spread",
    "picture.distinct",
    "caption.distinct_1",
    "caption.distinct_2",
    "caption.repetition",
    "caption.length",
    "caption.distinct",
)
