"""Where the browser's helper lies, and the rooms whose small runs the pages are made of."""

import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]
PLACES = (TESTS / "e2e", TESTS, *(TESTS / room for room in ("report", "study", "compare", "audit")))
sys.path[:0] = map(str, PLACES)
