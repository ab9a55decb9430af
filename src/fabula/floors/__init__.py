"""Storytellers that know nothing of a story or next to nothing: what every model must beat. Fitted on train alone."""

from fabula.floors.fitting import fit
from fabula.floors.floors import Floors

__all__ = ["Floors", "fit"]
