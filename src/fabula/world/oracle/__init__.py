"""The oracle: it knows the laws of the built-in world but not the dice, and says what is likely to come next."""

from fabula.world.oracle.hypotheses import Hypothesis, posterior
from fabula.world.oracle.teller import Oracle

__all__ = ["Hypothesis", "Oracle", "posterior"]
