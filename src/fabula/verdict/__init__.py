"""What the scores say, in words: diseases first, then the model against the best floor of every measure.

Reads what stands in `scores.json` and nothing else, so a page can say the same from the file alone.
"""

from fabula.verdict.diseases import diseases
from fabula.verdict.sentences import verdict
from fabula.verdict.standing import against_floors, best_floor

__all__ = ["against_floors", "best_floor", "diseases", "verdict"]
