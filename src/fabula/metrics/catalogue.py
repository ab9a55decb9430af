"""Every measure of told stories by name, and the functions that give their columns."""

from __future__ import annotations

from collections.abc import Callable

from fabula.metrics import (
    cider,
    cloze,
    distances,
    endings,
    entities,
    likelihood,
    meteor,
    overlap,
    pictures,
    pools,
    questions,
    seen,
    tags,
    variety,
)
from fabula.metrics.measure import Measure
from fabula.metrics.told import Column, Told

MEASURES: dict[str, Measure] = {
    **pictures.MEASURES,
    **{name: measure for name, measure in pools.MEASURES.items() if name.startswith("picture.")},
    **likelihood.MEASURES,
    **overlap.MEASURES,
    **meteor.MEASURES,
    **cider.MEASURES,
    **entities.MEASURES,
    **tags.MEASURES,
    **variety.MEASURES,
    **endings.MEASURES,
    **{name: measure for name, measure in pools.MEASURES.items() if name.startswith("caption.")},
    **questions.MEASURES,
    **cloze.MEASURES,
    **seen.MEASURES,
    **distances.MEASURES,
}
STATISTICS: dict[str, Callable[[Told], dict[str, Column]]] = {
    "pictures": pictures.statistics,
    "likelihood": likelihood.statistics,
    "overlap": overlap.statistics,
    "meteor": meteor.statistics,
    "cider": cider.statistics,
    "names": entities.statistics,
    "tags": tags.statistics,
    "variety": variety.statistics,
    "endings": endings.statistics,
    "questions": questions.statistics,
    "cloze": cloze.statistics,
}
OF_THE_TRUTH = (  # what can be said of the true frames by themselves
    "picture.spread",
    "picture.distinct",
    "caption.distinct_1",
    "caption.distinct_2",
    "caption.repetition",
    "caption.length",
    "caption.finished",
    "caption.distinct",
    *questions.MEASURES,
)
