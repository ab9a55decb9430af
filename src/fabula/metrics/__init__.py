"""Every measure of told stories. No torch in this room."""

from fabula.metrics.catalogue import MEASURES, OF_THE_TRUTH, STATISTICS
from fabula.metrics.measure import WINDOWS, Better, Measure, Regime
from fabula.metrics.scores import Scores
from fabula.metrics.told import Likelihood, Told

__all__ = [
    "MEASURES",
    "OF_THE_TRUTH",
    "STATISTICS",
    "WINDOWS",
    "Better",
    "Likelihood",
    "Measure",
    "Regime",
    "Scores",
    "Told",
]
