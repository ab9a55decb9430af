"""Are the told boxes where the named characters and things are? Precision, recall and average precision. No torch."""

from fabula.grounding.claims import Claim, ToldStory
from fabula.grounding.reading import read_told
from fabula.grounding.scoring import ground
from fabula.grounding.truth import TrueStory, true_stories

__all__ = ["Claim", "ToldStory", "TrueStory", "ground", "read_told", "true_stories"]
